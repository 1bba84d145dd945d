package io.shardeddb.server.group;

import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;

/** Work with the store between two portions. */
public interface StoreWork {
    /** Runs on the pool; what it returns runs on the loop. */
    Runnable run(ReplicaStore store) throws StoreUnavailableException;
}
