package io.shardeddb.crds;

/** Why a condition is as it is, and the reason of an Event. Each is explained in docs/operations.md. */
public enum Reason {
    /** All servers, shards and routers are as the spec asks. */
    AllReady,
    /** Nothing is in progress. */
    Settled,
    /** Nothing is withheld. */
    NothingWithheld,
    /** All copies are there and in step. */
    AllCopies,
    /** Servers are starting. */
    ServersStarting,
    /** Shards are being made or are gaining copies. */
    ShardsGrowing,
    /** Routers are starting. */
    RoutersStarting,
    /** A copy of a shard is being made. */
    CopyingShard,
    /** A server is being emptied before it goes. */
    DrainingServer,
    /** Servers are being restarted with a new template, one at a time. */
    RollingServers,
    /** A server that was restarted does not become healthy: no other one is restarted. */
    RollingPaused,
    /** The spec was refused; the last good one stays in force. */
    InvalidSpec,
    /** Everything is there, and some of it has yet to be replaced by a newer form. */
    ChangesPending,
    /** The resource asks the operator to keep its hands off. */
    Paused,
    /** A step failed, and is tried again; the message says why. */
    StepFailed,
    /** A server does not answer. */
    ServerUnreachable,
    /** A server takes no writes and leads no shard, for example because its volume is nearly full. */
    ServerReadOnly,
    /** A shard has no leader or no quorum. */
    QuorumLost,
    /** Fewer healthy copies than asked for. */
    MissingCopies,
    /** Only one copy of a shard is asked for. */
    SingleCopy,
    /** Doing this would leave a shard without a quorum. */
    WouldLoseQuorum,
    /** The last good copy would go, or has gone. */
    LastCopy,
    /** There are fewer servers than copies asked for. */
    NotEnoughServers,
    /** Somebody deleted the object of a shard; it is put back. */
    ShardDeleted,
    /** Somebody deleted the object of a shard, and nothing else tells its group and positions. */
    LastKnowledge,
    /** Two shards own the same positions at the same epoch. */
    OverlappingShards,
    /** Removing a shard from the spec would drop its rows. */
    RowsWouldBeLost,
    /** Other tables are on their way: they are tried, wait for something, or are made on one shard after the other. */
    ChangingTables,
    /** A change of the tables drops or rebuilds something, and nobody has allowed it by name. */
    PermissionNeeded,
    /** The annotation that allows changes of tables says something that cannot be read. */
    PermissionUnclear,
    /** A definition of tables is not brought to a shard while servers run that do not understand it. */
    OlderServers,
    /** Other tables are asked for. */
    TablesProposed,
    /** A server of each image of the database was asked whether it can make other tables, and it can. */
    TablesTried,
    /** Other tables were accepted, and are made on every shard. */
    TablesAccepted,
    /** Tables that were not in force yet are left again. */
    TablesTakenBack,
    /** Requests are made for other tables from now on. */
    TablesInForce,
    /** The servers of a shard do not take its tables; the ones before stay in force there. */
    TablesRefused,
    /** The server that a person wants to lead a shard cannot lead it. */
    PreferenceUnmet,
    /** A shard that lost its quorum should go on from one member, and that cannot be done, or not safely. */
    RecoveryRefused,
    /** A shard that lost its quorum goes on from one member, because a person said so. */
    QuorumRecovered,
    /** Too few servers of the timestamp service are left as they were to end its epoch. */
    TimestampsUnsealed,
    /** Other servers give timestamps, or the leaders' own clocks do. */
    TimestampEpochBegun,
    /** The secret between the processes of a database is required from now on, or another one is in force. */
    CredentialInForce,
    /** A new spec is in force. */
    SpecAccepted,
    /** A shard got its servers, or other ones. */
    ShardPlaced,
    /** A member was made on a server. */
    MemberMade,
    /** A group was started. */
    ShardBootstrapped,
    /** A membership change was made. */
    MembershipChanged,
    /** A leadership was moved. */
    LeaderMoved,
    /** The tables were brought to a shard. */
    SchemaApplied,
    /** A shard was opened for writes. */
    ShardOpened,
    /** A replica that no membership names was removed from its server. */
    ReplicaDropped,
    /** A server's objects were made. */
    ServerCreated,
    /** A server was removed. */
    ServerRemoved,
    /** A shard goes on with the group that was there before, on volumes that were kept. */
    GroupContinued,
    /** The resource is going. */
    Deleting
}
