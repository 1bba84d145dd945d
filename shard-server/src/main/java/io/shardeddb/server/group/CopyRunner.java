package io.shardeddb.server.group;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.protocol.wire.CopyProgress;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.List;
import java.util.function.Consumer;

/** Takes rows over from another server. */
public interface CopyRunner {

    /**
     * Copies until the rows are durable here, from the first source that can.
     *
     * @param group what to copy
     * @param receiver this replica
     * @param into its store
     * @param sources best first
     * @param minimumIndex the copy must reach at least this
     * @param progress told now and then
     * @return what was installed
     * @throws StoreUnavailableException when no source could, or the store failed
     */
    AppliedState copy(
            GroupId group,
            MemberId receiver,
            ReplicaStore into,
            List<GroupMember> sources,
            long minimumIndex,
            Consumer<CopyProgress> progress)
            throws StoreUnavailableException;
}
