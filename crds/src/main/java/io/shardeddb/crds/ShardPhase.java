package io.shardeddb.crds;

/** Where a shard stands in its life. */
public enum ShardPhase {
    /** Its members are being made. */
    Pending,
    /** It runs and is gaining copies. */
    Growing,
    /** It has all its copies and a leader. */
    Ready,
    /** It serves, with fewer healthy copies than asked for. */
    Degraded,
    /** It has no leader: writes and strong reads wait or are refused. */
    Unavailable,
    /** It is going. */
    Deleting,
}
