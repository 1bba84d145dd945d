package io.shardeddb.crds;

/** How a row's position is made from its shard key. */
public enum ShardingStrategy {
    /** The shard key's own integer value. */
    Range,
    /** A 64-bit hash of the shard key. */
    Hash,
}
