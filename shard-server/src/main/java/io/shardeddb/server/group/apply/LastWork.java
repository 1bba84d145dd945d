package io.shardeddb.server.group.apply;

import io.shardeddb.server.group.StoreWork;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work with the store of a replica that applies nothing any more: the store is opened once more for it. */
public final class LastWork {
    private static final Logger LOG = LoggerFactory.getLogger(LastWork.class);

    private LastWork() {}

    /** Does it; returns what is to run on the loop, which is nothing when it failed. */
    public static Runnable run(Stores stores, GroupLog log, StoreWork work) {
        ReplicaStore opened = null;
        try {
            opened = stores.open(log.group(), log.member());
            return work.run(opened);
        } catch (StoreUnavailableException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            LOG.warn("group {}: the replica is not dropped yet: {}", log.group(), e.getMessage());
            return () -> {};
        }
    }
}
