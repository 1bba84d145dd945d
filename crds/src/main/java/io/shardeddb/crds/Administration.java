package io.shardeddb.crds;

/** Who may reshape a database through its router: /init, /add, /rm, and handing over a shard's leadership. */
public enum Administration {
    /** Anyone who reaches the router. */
    Open,
    /** Anyone who sends the bearer token of the database's Secret. */
    Token,
    /** Nobody: the resource is edited through Kubernetes alone. */
    Off,
}
