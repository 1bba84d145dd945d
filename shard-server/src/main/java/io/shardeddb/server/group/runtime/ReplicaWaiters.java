package io.shardeddb.server.group.runtime;

import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.apply.Checksums;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.read.Reads;
import io.shardeddb.server.group.transaction.ReplicaTransactions;
import java.util.function.BooleanSupplier;

/**
 * All who wait for something of one replica: writers, readers, those who wait at locks or for checksums. Confined to
 * the loop.
 */
final class ReplicaWaiters {
    private final Proposals proposals;
    private final Reads reads = new Reads();
    private final Checksums checksums = new Checksums();
    private final ReplicaTransactions transactions;

    /** @param olderMembers whether a member is of a version that cannot apply all commands */
    ReplicaWaiters(GroupReplica replica, GroupRuntime runtime, BooleanSupplier olderMembers) {
        proposals = new Proposals(replica.clock(), runtime.timestamps(), runtime.loop(), replica::touch, olderMembers);
        transactions = new ReplicaTransactions(
                replica::view,
                () -> replica.applier().store(),
                proposals,
                replica.clock(),
                runtime.loop(),
                replica::touch,
                runtime.copies().calls(),
                runtime.versions()::endpoints);
    }

    Proposals proposals() {
        return proposals;
    }

    Reads reads() {
        return reads;
    }

    Checksums checksums() {
        return checksums;
    }

    ReplicaTransactions transactions() {
        return transactions;
    }

    boolean isIdle() {
        return proposals.isIdle() && reads.isIdle() && checksums.isIdle() && transactions.isIdle();
    }

    /** Whether somebody waits for rows, and not only for outcomes. */
    boolean waitForRows() {
        return !reads.isIdle() || !checksums.isIdle() || transactions.waitsForRows();
    }

    /** Ends the waiting of those whose time is up. */
    void expire(long now, ReplicaView view) {
        proposals.expire(now, view);
        transactions.expire(now);
        reads.expire(now);
        checksums.expire(now);
    }

    void leadershipLost(ReplicaView view) {
        proposals.leadershipLost(view);
        transactions.leadershipLost(view);
    }

    /** The replica does not serve any more. */
    void abandon(ReplicaView view, String reason) {
        proposals.abandon(view);
        transactions.abandon(view);
        reads.abandon(reason);
    }
}
