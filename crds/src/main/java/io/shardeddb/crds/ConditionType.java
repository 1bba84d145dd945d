package io.shardeddb.crds;

/** The conditions of a database and its shards. Each is set at every moment once the operator has seen the resource. */
public enum ConditionType {
    /** Everything that the spec asks for is there and serving. */
    Ready,
    /** The operator is bringing the cluster to the spec. */
    Progressing,
    /** It serves, with less than was asked for. */
    Degraded,
    /** Every acknowledged write survives the loss of any one server. */
    DataSafe,
    /**
     * The operator refuses to do something that was asked for, because it would endanger data or service; the message
     * says what.
     */
    Withheld
}
