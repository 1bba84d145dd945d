/** The custom resources, {@code ShardedDatabase} and {@code Shard}, as records. */
@NullMarked
package io.shardeddb.crds;

import org.jspecify.annotations.NullMarked;
