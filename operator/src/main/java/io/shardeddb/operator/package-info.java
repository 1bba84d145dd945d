/** Makes a cluster agree with its {@code ShardedDatabase}. */
@NullMarked
package io.shardeddb.operator;

import org.jspecify.annotations.NullMarked;
