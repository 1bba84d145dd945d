package io.shardeddb.crds;

/** Where the timestamps of writes come from. */
public enum TimestampMode {
    /** The leader's hybrid clock: no round trip, ordered within a shard. */
    Hybrid,
    /** A timestamp service over several servers: ordered across shards. */
    Service,
}
