package io.shardeddb.crds;

/** The phase of its life that a shard is in. */
public enum ShardPhase {
    /** Its members are being made. */
    Pending,
    /** It runs with all the copies it has so far, and copies are being added, moved or given up. */
    Growing,
    /** It has all its copies and a leader. Whether it has its tables is told by its condition Ready. */
    Ready,
    /** It serves, and one of its copies is not healthy. */
    Degraded,
    /** It has no leader: writes and strong reads wait or are refused. */
    Unavailable,
    /** It is going. */
    Deleting,
}
