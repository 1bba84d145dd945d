package io.shardeddb.protocol.keyspace;

import io.shardeddb.protocol.wire.ShardingStrategy;

/** How a shard key becomes a position. */
public enum Strategy {
    /** The shard key's own integer value. */
    RANGE,
    /** A 64-bit hash of the stored shard key's canonical bytes. */
    HASH;

    public ShardingStrategy toWire() {
        return this == RANGE ? ShardingStrategy.RANGE : ShardingStrategy.HASH;
    }

    /** Reads it off the wire. @throws IllegalArgumentException for a strategy that this version does not know */
    public static Strategy ofWire(ShardingStrategy strategy) {
        return switch (strategy) {
            case RANGE -> RANGE;
            case HASH -> HASH;
            default -> throw new IllegalArgumentException("unknown sharding strategy: " + strategy);
        };
    }
}
