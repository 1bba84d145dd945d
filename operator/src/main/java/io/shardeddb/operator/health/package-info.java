/** Health and metrics over HTTP. */
@NullMarked
package io.shardeddb.operator.health;

import org.jspecify.annotations.NullMarked;
