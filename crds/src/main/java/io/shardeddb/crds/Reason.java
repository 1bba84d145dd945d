package io.shardeddb.crds;

/** Why a condition is as it is, and the reason of an Event. Each is documented in docs/clustering.md. */
public enum Reason {
    /** All servers, shards and routers are as the spec asks. */
    AllReady,
    /** Servers are starting. */
    ServersStarting,
    /** Shards are being made or are gaining copies. */
    ShardsGrowing,
    /** Routers are starting. */
    RoutersStarting,
    /** The spec was refused; the last good one stays in force. */
    InvalidSpec,
    /** The resource asks the operator to keep its hands off. */
    Paused,
    /** A server does not answer. */
    ServerUnreachable,
    /** A shard has no leader or no quorum. */
    QuorumLost,
    /** A member is gone with its volume and is being replaced. */
    ReplacingMember,
    /** A copy of a shard is being made. */
    CopyingShard,
    /** A server is being emptied before it goes. */
    DrainingServer,
    /** Servers are being rolled to a new template, one at a time. */
    RollingServers,
    /** Only one copy of a shard is asked for. */
    SingleCopy,
    /** Fewer healthy copies than asked for. */
    MissingCopies,
    /** All copies are there and in step. */
    AllCopies,
    /** Removing this would leave a shard without a quorum. */
    WouldLoseQuorum,
    /** Removing this would remove the last good copy. */
    LastCopy,
    /** There are fewer servers than copies asked for. */
    NotEnoughServers,
    /** Nothing is withheld. */
    NothingWithheld,
    /** Nothing is in progress. */
    Settled,
    /** A group was started. */
    ShardBootstrapped,
    /** A membership change was made. */
    MembershipChanged,
    /** A leadership was moved. */
    LeaderMoved,
    /** A server was removed. */
    ServerRemoved,
    /** The resource is going. */
    Deleting
}
