package io.shardeddb.server.group;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes and reads of clients: everything that waits for a group. All calls return at once; answers come on other threads. */
public final class GroupClients {
    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_TIMEOUT_MILLIS = 120_000;
    private static final int MAX_READ_ATTEMPTS = 3;

    private final GroupRuntime runtime;

    public GroupClients(GroupRuntime runtime) {
        this.runtime = runtime;
    }

    /** What is known of a replica; absent when there is none here. */
    public @Nullable ReplicaView view(GroupId group) {
        return runtime.view(group);
    }

    /** When a caller's time is up, as {@link System#nanoTime}. */
    public static long deadline(int timeoutMillis) {
        int bounded = timeoutMillis <= 0 ? DEFAULT_TIMEOUT_MILLIS : Math.min(timeoutMillis, MAX_TIMEOUT_MILLIS);
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounded);
    }

    /**
     * Puts a checked write into the log.
     *
     * @param reply takes the answer, once, on any thread; must not block
     */
    public void write(GroupId group, LoggedRequest request, int timeoutMillis, Consumer<WriteReply> reply) {
        Pending pending = new Pending(request, deadline(timeoutMillis), reply);
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(group);
            if (replica == null) {
                reply.accept(Answers.write(ErrorCode.UNKNOWN_GROUP, "no replica of this group here", noHint()));
                return;
            }
            ReplicaView view = replica.view();
            if (view.role() != Role.LEADER) {
                reply.accept(Answers.notLeader(view));
            } else if (!runtime.readOnlyReason().isEmpty()) {
                reply.accept(Answers.write(ErrorCode.READ_ONLY, runtime.readOnlyReason(), view.leader()));
            } else if (!replica.proposals().offer(pending)) {
                reply.accept(Answers.write(ErrorCode.OVERLOADED, "too many writes wait for this shard", view.leader()));
            } else {
                replica.touch();
            }
        });
    }

    /** Reads keys or a page at the level asked for. */
    public void read(ReadRequest request, Consumer<ReadReply> reply) {
        read(request, deadline(request.getTimeoutMillis()), 1, reply);
    }

    private void read(ReadRequest request, long deadline, int attempt, Consumer<ReadReply> reply) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        begin(request, deadline, (refusal, text, confirmed) -> {
            GroupReplica replica = runtime.replica(group);
            ReplicaStore store = replica == null ? null : replica.applier().store();
            if (refusal != null || replica == null || store == null) {
                reply.accept(refused(group, refusal, text));
                return;
            }
            inPool(
                    () -> readRows(request, deadline, attempt, replica, store, confirmed, reply),
                    () -> reply.accept(refused(group, ErrorCode.SHUTTING_DOWN, "the server goes down")));
        });
    }

    private void readRows(
            ReadRequest request,
            long deadline,
            int attempt,
            GroupReplica replica,
            ReplicaStore store,
            Effects.@Nullable ConfirmedRead confirmed,
            Consumer<ReadReply> reply) {
        try {
            ReadReply rows = store.read(request);
            // The process may have been frozen since the confirmation: look again just before the answer.
            if (!stillLeads(replica, confirmed)) {
                if (attempt < MAX_READ_ATTEMPTS) {
                    read(request, deadline, attempt + 1, reply);
                } else {
                    reply.accept(refused(
                            replica.log().group(), ErrorCode.NOT_LEADER, Answers.notLeaderText(replica.view())));
                }
                return;
            }
            reply.accept(rows.toBuilder().setLeader(replica.view().leader()).build());
        } catch (StoreUnavailableException e) {
            recheck(replica);
            reply.accept(refused(
                    replica.log().group(), ErrorCode.STORE_UNAVAILABLE, "the rows' database fails: " + e.getMessage()));
        } catch (RuntimeException e) {
            reply.accept(refused(replica.log().group(), ErrorCode.INTERNAL, "the read failed: " + e));
        }
    }

    private boolean stillLeads(GroupReplica replica, Effects.@Nullable ConfirmedRead confirmed) {
        if (confirmed == null) {
            return true;
        }
        ReplicaView view = replica.view();
        if (view.role() != Role.LEADER || view.term() != confirmed.term()) {
            return false;
        }
        if (!confirmed.byLease()) {
            return true;
        }
        return runtime.onLoop(() -> {
                    long now = System.nanoTime();
                    runtime.compareClocks(now);
                    return replica.core().leaseHolds(confirmed.term(), now);
                })
                .completeOnTimeout(false, 1, TimeUnit.SECONDS)
                .join();
    }

    /**
     * Streams a range under one view.
     *
     * @param chunks takes each chunk and says whether to go on; may block
     * @param end takes the last message
     */
    public void scan(ReadRequest request, Predicate<ScanChunk> chunks, Consumer<ScanEnd> end) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        begin(request, deadline(request.getTimeoutMillis()), (refusal, text, confirmed) -> {
            GroupReplica replica = runtime.replica(group);
            ReplicaStore store = replica == null ? null : replica.applier().store();
            if (refusal != null || replica == null || store == null) {
                ReadReply refused = refused(group, refusal, text);
                end.accept(ScanEnd.newBuilder()
                        .setError(refused.getError())
                        .setLeader(refused.getLeader())
                        .build());
                return;
            }
            Thread.ofVirtual()
                    .name("scan")
                    .start(() -> end.accept(scanRows(request, replica, store, confirmed, chunks)));
        });
    }

    private ScanEnd scanRows(
            ReadRequest request,
            GroupReplica replica,
            ReplicaStore store,
            Effects.@Nullable ConfirmedRead confirmed,
            Predicate<ScanChunk> chunks) {
        ScanEnd.Builder end;
        try {
            end = store.scan(request, chunks).toBuilder();
            if (!stillLeads(replica, confirmed)) {
                end = ScanEnd.newBuilder()
                        .setError(Answers.error(ErrorCode.NOT_LEADER, "the leadership ended during the scan"));
            }
        } catch (StoreUnavailableException e) {
            recheck(replica);
            end = ScanEnd.newBuilder()
                    .setError(
                            Answers.error(ErrorCode.STORE_UNAVAILABLE, "the rows' database fails: " + e.getMessage()));
        } catch (RuntimeException e) {
            end = ScanEnd.newBuilder().setError(Answers.error(ErrorCode.INTERNAL, "the scan failed: " + e));
        }
        return end.setLeader(replica.view().leader()).build();
    }

    /**
     * A database that was killed comes back without its last commits. On an idle shard a failing read is what shows it: then the
     * store is opened anew, and what is missing applied again.
     */
    private void recheck(GroupReplica replica) {
        runtime.loop().execute(() -> {
            long expected = replica.applier().applied();
            replica.applier().run(store -> {
                long present = store.applied().index();
                if (present < expected) {
                    throw new StoreUnavailableException(
                            "the database has only index " + present + " of " + expected + ": it was restarted");
                }
                return () -> {};
            });
        });
    }

    private void begin(ReadRequest request, long deadline, Reads.Begin begin) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        Reads.Level level = switch (request.getLevel()) {
            case EVENTUAL -> Reads.Level.EVENTUAL;
            case BOUNDED -> Reads.Level.BOUNDED;
            default -> Reads.Level.STRONG;
        };
        runtime.loop().execute(() -> {
            GroupReplica replica = runtime.replica(group);
            if (replica == null) {
                begin.accept(ErrorCode.UNKNOWN_GROUP, "no replica of this group here", null);
                return;
            }
            ReplicaView view = replica.view();
            if (replica.isQuarantined() || view.state() == ReplicaState.COPYING || replica.isCopyNeeded()) {
                begin.accept(ErrorCode.UNKNOWN_GROUP, "this replica does not serve: " + view.reason(), null);
                return;
            }
            if (replica.applier().store() == null) {
                begin.accept(ErrorCode.STORE_UNAVAILABLE, "the rows' database does not answer: " + view.reason(), null);
                return;
            }
            long staleness = TimeUnit.MILLISECONDS.toNanos(request.getMaxStalenessMillis());
            replica.reads()
                    .admit(
                            new Reads.Admission(level, staleness, request.getMinimumIndex(), deadline, begin),
                            replica.core(),
                            view,
                            replica.applier().applied(),
                            System.nanoTime());
            replica.touch();
        });
    }

    /** Whether a level may be answered by a replica that does not lead. */
    public static boolean needsLeader(ReadLevel level) {
        return level != ReadLevel.BOUNDED && level != ReadLevel.EVENTUAL;
    }

    private void inPool(Runnable work, Runnable refused) {
        try {
            runtime.readPool().execute(work);
        } catch (RejectedExecutionException e) {
            refused.run();
        }
    }

    private ReadReply refused(GroupId group, @Nullable ErrorCode code, String text) {
        ReplicaView view = runtime.view(group);
        return Answers.read(
                code == null ? ErrorCode.UNKNOWN_GROUP : code,
                code == null ? "no replica of this group here" : text,
                view == null ? noHint() : view.leader());
    }

    private static LeaderHint noHint() {
        return LeaderHint.getDefaultInstance();
    }

    /** The same as {@link #write}, as a future. */
    public CompletableFuture<WriteReply> write(GroupId group, LoggedRequest request, int timeoutMillis) {
        CompletableFuture<WriteReply> answer = new CompletableFuture<>();
        write(group, request, timeoutMillis, answer::complete);
        return answer;
    }
}
