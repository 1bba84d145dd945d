/** What the probes and the metrics see. */
@NullMarked
package io.shardeddb.server.health;

import org.jspecify.annotations.NullMarked;
