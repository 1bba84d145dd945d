package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.ReplicaStatus;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.group.Stores;
import io.shardeddb.server.group.apply.Applier;
import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.log.LogSpace;
import io.shardeddb.server.log.SharedLog;
import io.shardeddb.server.runtime.SerialExecutor;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.StoreUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done once a second: look at database and disk, hand over what this server cannot lead well, purge what the
 * store has made durable, let segments go.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final GroupRuntime runtime;
    private final SharedLog log;
    private final Stores stores;
    private final CopyDispatch copies;
    private final Retention retention;
    /** Groups of which it was told that their members differ; of the loop. */
    private final Map<GroupId, Long> diverged = new HashMap<>();

    private final List<SerialExecutor.Cancellable> going = new ArrayList<>();

    Housekeeping(GroupRuntime runtime, SharedLog log, Stores stores, CopyDispatch copies, Retention retention) {
        this.runtime = runtime;
        this.log = log;
        this.stores = stores;
        this.copies = copies;
        this.retention = retention;
    }

    void start() {
        Surroundings surroundings = runtime.surroundings();
        going.add(surroundings.databaseLooks().every(FIRST_NANOS, PAUSE_NANOS, this::lookAtDatabase));
        going.add(surroundings.housekeeping().every(FIRST_NANOS, PAUSE_NANOS, this::round));
    }

    /** On a thread of its own: a database that hangs must not keep the rest from being looked at. */
    private void lookAtDatabase() {
        boolean before = stores.reachable();
        try {
            stores.check();
        } catch (StoreUnavailableException e) {
            if (before) {
                LOG.warn("the rows' database does not answer: {}", e.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.error("looking at the rows' database failed", e);
        }
    }

    private void round() {
        try {
            log.refreshSpace();
        } catch (IOException | UncheckedIOException e) {
            LOG.error("the volume cannot be looked at", e);
        }
        runtime.loop().execute(() -> {
            long now = runtime.now();
            handOver(now);
            for (GroupReplica replica : runtime.replicas()) {
                runtime.setElectionDelay(replica);
                if (replica.core().role() == Role.LEADER && !replica.isQuarantined()) {
                    replica.led();
                }
                tellDivergence(replica);
                replica.log().evict(evictTo());
                if (replica.isCopyNeeded() && !replica.isQuarantined()) {
                    recopy(replica, now);
                } else {
                    purge(replica);
                }
            }
            log.collect(runtime.batch());
        });
    }

    /** Nobody is no good where no majority says so; but somebody must look. */
    private void tellDivergence(GroupReplica replica) {
        long index =
                replica.core().role() == Role.LEADER ? replica.core().status().divergedIndex() : 0;
        GroupId group = replica.log().group();
        Long before = index == 0 ? diverged.remove(group) : diverged.put(group, index);
        if (index != 0 && before == null) {
            LOG.error("shard {} (group {}): {}", replica.log().shard(), group, StatusReport.diverged(index));
        }
    }

    private long evictTo() {
        return Math.max(64 << 10, (16L << 20) / Math.max(1, runtime.replicas().size()));
    }

    private void recopy(GroupReplica replica, long now) {
        if (replica.core().role() == Role.LEADER) {
            transferToBest(replica, 0, now);
        } else {
            copies.copyOwn(replica, now);
        }
    }

    /** Gives away leaderships that others can hold better. */
    void handOver(long now) {
        boolean unfit = runtime.isUnfitToLead();
        for (GroupReplica replica : runtime.replicas()) {
            if (unfit && replica.core().role() == Role.LEADER) {
                transferToBest(replica, 0, now);
            }
        }
    }

    /** Offers leadership to the best voter, if there is one that has applied an entry. */
    static void transferToBest(GroupReplica replica, long entry, long now) {
        best(replica).filter(peer -> peer.appliedIndex() >= entry).ifPresent(target -> {
            replica.core().transferLeadership(target.id(), now);
            replica.touch();
        });
    }

    /** The voter whose store has applied the most, as its heartbeats say. */
    static Optional<ReplicaStatus.PeerStatus> best(GroupReplica replica) {
        ReplicaStatus status = replica.core().status();
        return status.peers().stream()
                .filter(peer -> !peer.quarantined()
                        && status.configuration().isVoter(peer.id())
                        && peer.state() == ReplicaStatus.PeerState.REPLICATING)
                .max(Comparator.comparingLong(ReplicaStatus.PeerStatus::appliedIndex)
                        .thenComparingLong(ReplicaStatus.PeerStatus::matchIndex));
    }

    /** Lets go what the store has made durable and nobody here needs. */
    private void purge(GroupReplica replica) {
        GroupLog group = replica.log();
        boolean tight = log.space().level() != LogSpace.Level.ENOUGH;
        long applied = replica.applier().applied();
        long length = applied - group.firstIndex() + 1;
        boolean due = length > retention.keptEntries() + retention.slackEntries()
                || group.storedBytes() > retention.maxBytes()
                || (tight && length > 0);
        GroupId id = group.group();
        if (!due || replica.isQuarantined() || (copies.pinned(id) && !tight)) {
            return;
        }
        replica.applier().run(store -> {
            AppliedState durable = store.flush();
            return () -> purge(replica, durable.index(), tight);
        });
    }

    private void purge(GroupReplica replica, long durable, boolean tight) {
        GroupLog group = replica.log();
        long to = durable;
        if (!tight) {
            to = group.storedBytes() > retention.maxBytes() ? durable : durable - retention.keptEntries();
            for (ReplicaStatus.PeerStatus peer : replica.core().status().peers()) {
                if (durable - peer.matchIndex() < retention.keptForSlow()) {
                    to = Math.min(to, peer.matchIndex());
                }
            }
        }
        to = Math.min(to, replica.core().commitIndex());
        if (to < group.firstIndex() || replica.isQuarantined()) {
            return;
        }
        SnapshotMarker marker = replica.core().markerAt(to);
        runtime.batch().marker(group, marker, true);
        replica.core().purged(to);
    }

    @Override
    public void close() {
        going.forEach(SerialExecutor.Cancellable::cancel);
    }

    /**
     * The database of a replica hangs, it seems: a member that has applied more leads, and who waits here asks there.
     * While no other has got further, it may be the entry that takes long.
     */
    static void leaveToOthers(GroupReplica replica, Applier applier, long now) {
        if (replica.core().role() != Role.LEADER) {
            applier.releaseWaiters();
        } else if (best(replica)
                .filter(peer -> peer.appliedIndex() > applier.applied())
                .isPresent()) {
            transferToBest(replica, 0, now);
            applier.releaseWaiters();
        }
    }
}
