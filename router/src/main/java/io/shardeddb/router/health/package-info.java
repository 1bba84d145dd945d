/** Liveness, readiness and metrics. */
@NullMarked
package io.shardeddb.router.health;

import org.jspecify.annotations.NullMarked;
