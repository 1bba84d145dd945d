package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.CutCheck;
import io.shardeddb.protocol.wire.CutReply;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LeaderHint;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import io.shardeddb.server.group.clock.IdTimes;
import io.shardeddb.server.group.propose.Pending;
import io.shardeddb.server.group.read.Reads;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.RowsView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads of clients: everything that waits for a group. All calls return at once; answers come on other
 * threads.
 */
public final class GroupClients {
    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_TIMEOUT_MILLIS = 120_000;
    private static final int MAX_READ_ATTEMPTS = 3;

    private final GroupRuntime runtime;
    private final CutChecks cuts = new CutChecks();

    public GroupClients(GroupRuntime runtime) {
        this.runtime = runtime;
    }

    /** What is known of a replica; absent when there is none here. */
    public @Nullable ReplicaView view(GroupId group) {
        return runtime.view(group);
    }

    /** When a caller's time is up, on the monotonic clock. */
    static long deadline(int timeoutMillis, long now) {
        int bounded = timeoutMillis <= 0 ? DEFAULT_TIMEOUT_MILLIS : Math.min(timeoutMillis, MAX_TIMEOUT_MILLIS);
        return now + TimeUnit.MILLISECONDS.toNanos(bounded);
    }

    /**
     * Puts a checked write into the log.
     *
     * @param origin whose its id is
     * @param reply takes the answer, once, on any thread; must not block
     */
    public void write(
            GroupId group, LoggedRequest request, IdOrigin origin, int timeoutMillis, Consumer<WriteReply> reply) {
        write(runtime.loop(), group, request, origin, timeoutMillis, reply);
    }

    private void write(
            Executor to,
            GroupId group,
            LoggedRequest request,
            IdOrigin origin,
            int timeoutMillis,
            Consumer<WriteReply> reply) {
        Pending pending = new Pending(request, origin, deadline(timeoutMillis, runtime.now()), reply);
        to.execute(() -> {
            GroupReplica replica = runtime.replica(group);
            if (replica == null) {
                reply.accept(Answers.write(ErrorCode.UNKNOWN_GROUP, "no replica of this group here", noHint()));
                return;
            }
            ReplicaView view = replica.view();
            boolean leads = view.role() == Role.LEADER;
            DatabaseException misfit = leads
                    ? IdTimes.misfit(
                            request.getRequest(), origin, replica.clock().millis())
                    : null;
            if (!leads) {
                reply.accept(Answers.notLeader(view));
            } else if (!runtime.readOnlyReason().isEmpty()) {
                reply.accept(Answers.write(ErrorCode.READ_ONLY, runtime.readOnlyReason(), view.leader()));
            } else if (misfit != null) {
                reply.accept(WriteReply.newBuilder()
                        .setError(misfit.toWire())
                        .setLeader(view.leader())
                        .build());
            } else {
                replica.waiters().transactions().write(pending, runtime.now());
            }
        });
    }

    /**
     * Many requests that came together: they are handed to the groups' thread at once, so that they become one entry,
     * and one round of confirmation, of each group.
     */
    public final class Together {
        private final List<Runnable> work = new ArrayList<>();

        private Together() {}

        /** As {@link GroupClients#write}. */
        public void write(
                GroupId group, LoggedRequest request, IdOrigin origin, int timeoutMillis, Consumer<WriteReply> reply) {
            GroupClients.this.write(work::add, group, request, origin, timeoutMillis, reply);
        }

        /** As {@link GroupClients#read}. */
        public void read(ReadRequest request, int timeoutMillis, Consumer<ReadReply> reply) {
            GroupClients.this.read(work::add, request, deadline(timeoutMillis, runtime.now()), 1, reply);
        }

        /** Asks a leader about a view. */
        public void check(CutCheck check, int timeoutMillis, Consumer<CutReply> reply) {
            long deadline = deadline(timeoutMillis, runtime.now());
            work.add(() -> cuts.check(check, deadline, reply));
        }

        /** Hands them over. */
        public void begin() {
            if (!work.isEmpty()) {
                runtime.loop().executeAll(work);
            }
        }
    }

    /** For requests that came together. */
    public Together together() {
        return new Together();
    }

    /** Reads keys or a page at the level asked for. */
    public void read(ReadRequest request, Consumer<ReadReply> reply) {
        read(runtime.loop(), request, deadline(request.getTimeoutMillis(), runtime.now()), 1, reply);
    }

    private void read(Executor to, ReadRequest request, long deadline, int attempt, Consumer<ReadReply> reply) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        begin(to, request, deadline, (refusal, text, confirmed) -> {
            GroupReplica replica = runtime.replica(group);
            ReplicaStore store = replica == null ? null : replica.applier().store();
            if (refusal != null || replica == null || store == null) {
                reply.accept(refused(group, refusal, text));
                return;
            }
            Runnable again = () -> {
                if (attempt < MAX_READ_ATTEMPTS) {
                    read(runtime.loop(), request, deadline, attempt + 1, reply);
                } else {
                    reply.accept(refused(group, ErrorCode.NOT_LEADER, Answers.notLeaderText(replica.view())));
                }
            };
            replica.storeReads().read(new StoreReads.Admitted(request, store, confirmed, again, reply));
        });
    }

    /**
     * Streams a range under one view.
     *
     * @param chunks takes each chunk and says whether to go on; may block
     * @param end takes the last message
     */
    public void scan(ReadRequest request, Predicate<ScanChunk> chunks, Consumer<ScanEnd> end) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        begin(
                runtime.loop(),
                request,
                deadline(request.getTimeoutMillis(), runtime.now()),
                (refusal, text, confirmed) -> {
                    GroupReplica replica = runtime.replica(group);
                    ReplicaStore store =
                            replica == null ? null : replica.applier().store();
                    if (refusal != null || replica == null || store == null) {
                        ReadReply refused = refused(group, refusal, text);
                        end.accept(ScanEnd.newBuilder()
                                .setError(refused.getError())
                                .setLeader(refused.getLeader())
                                .build());
                        return;
                    }
                    runtime.surroundings()
                            .scans()
                            .execute(() -> end.accept(replica.storeReads().scan(request, store, confirmed, chunks)));
                });
    }

    /**
     * Opens a view of a shard's rows.
     *
     * @param request says of which, and how long it may take
     * @param opened takes the view, on a thread that may block; it must close it
     * @param refused takes the reason why there is none
     */
    public void openView(ReadRequest request, Consumer<RowsView> opened, Consumer<ReadReply> refused) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        long deadline = deadline(request.getTimeoutMillis(), runtime.now());
        begin(runtime.loop(), request, deadline, (refusal, text, confirmed) -> {
            GroupReplica replica = runtime.replica(group);
            ReplicaStore store = replica == null ? null : replica.applier().store();
            if (refusal != null || replica == null || store == null) {
                refused.accept(refused(group, refusal, text));
                return;
            }
            runtime.surroundings()
                    .scans()
                    .execute(() -> replica.storeReads()
                            .open(store, confirmed, opened, (code, why) -> refused.accept(refused(group, code, why))));
        });
    }

    /** Where work goes that may block, and what waits for a while. */
    public Surroundings surroundings() {
        return runtime.surroundings();
    }

    private void begin(Executor to, ReadRequest request, long deadline, Reads.Begin begin) {
        GroupId group = ConfigurationCodec.groupId(request.getGroup());
        Reads.Level level = switch (request.getLevel()) {
            case EVENTUAL -> Reads.Level.EVENTUAL;
            case BOUNDED -> Reads.Level.BOUNDED;
            default -> Reads.Level.STRONG;
        };
        to.execute(() -> {
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
            Reads.Begin atLocks = (refusal, text, confirmed) -> {
                if (refusal != null) {
                    begin.accept(refusal, text, confirmed);
                    return;
                }
                long needed = Math.max(confirmed == null ? 0 : confirmed.readIndex(), request.getMinimumIndex());
                replica.waiters()
                        .transactions()
                        .read(
                                request,
                                needed,
                                replica.applier().applied(),
                                deadline,
                                () -> begin.accept(null, "", confirmed),
                                reason -> begin.accept(ErrorCode.READ_TIMED_OUT, reason, confirmed));
            };
            long minimum = request.getMinimumIndex();
            if (request.getCut().getGate() != 0 && view.role() == Role.LEADER) {
                replica.proposals()
                        .closeGate(
                                request.getCut().getGate(),
                                TimeUnit.MILLISECONDS.toNanos(request.getCut().getGateMillis()));
                // What is on its way by now is seen, and nothing more comes.
                minimum = Math.max(minimum, replica.log().lastIndex());
            }
            long staleness = TimeUnit.MILLISECONDS.toNanos(request.getMaxStalenessMillis());
            replica.waiters()
                    .reads()
                    .admit(
                            new Reads.Admission(level, staleness, minimum, deadline, atLocks),
                            replica.core(),
                            view,
                            replica.applier().applied(),
                            runtime.now());
            replica.touch();
        });
    }

    /**
     * Tells routers whether a view still shows what its shard has, once all views of a cut are open. The answer is of a
     * moment after the question came, at which this replica led: so the view shows the shard as it was when it came.
     *
     * <p>Confined to the loop.
     */
    private final class CutChecks {

        /**
         * Answers a check, at once or when a quorum has confirmed that this replica leads.
         *
         * @param deadline on the monotonic clock
         */
        void check(CutCheck check, long deadline, Consumer<CutReply> reply) {
            GroupId group = ConfigurationCodec.groupId(check.getGroup());
            GroupReplica replica = runtime.replica(group);
            if (replica == null) {
                reply.accept(refusal(
                        ErrorCode.UNKNOWN_GROUP, "no replica of this group here", LeaderHint.getDefaultInstance()));
                return;
            }
            LeaderHint leader = replica.view().leader();
            if (replica.applier().store() == null) {
                reply.accept(refusal(ErrorCode.STORE_UNAVAILABLE, "the rows' database does not answer", leader));
                return;
            }
            // What is handed to the store and not applied yet has no locks that can be told.
            boolean early = check.getAttemptsCount() == 0
                    && replica.applier().applied() >= check.getIndex()
                    && hasEverythingAnswered(replica);
            CutReply now = early ? look(replica, check) : CutReply.getDefaultInstance();
            if (now.getChanged()) {
                reply.accept(now.toBuilder().setLeader(leader).build());
                return;
            }
            Reads.Level level = early ? Reads.Level.LEADERSHIP : Reads.Level.STRONG;
            Reads.Begin confirmed = (refusal, text, confirmation) -> {
                LeaderHint then = replica.view().leader();
                if (refusal != null) {
                    reply.accept(refusal(refusal, text, then));
                } else {
                    reply.accept((early ? now : look(replica, check))
                            .toBuilder().setLeader(then).build());
                }
            };
            replica.waiters()
                    .reads()
                    .admit(
                            new Reads.Admission(level, 0, 0, deadline, confirmed),
                            replica.core(),
                            replica.view(),
                            replica.applier().applied(),
                            runtime.now());
            replica.touch();
        }

        /**
         * Whether all that an earlier leader can have answered was handed to the store here. What this leader answered
         * was.
         */
        private static boolean hasEverythingAnswered(GroupReplica replica) {
            long next = replica.applier().handed().last() + 1;
            return replica.view().role() == Role.LEADER
                    && (next > replica.log().lastIndex()
                            || (next >= replica.log().firstIndex()
                                    && replica.log().term(next)
                                            == replica.core().term()));
        }

        private static CutReply look(GroupReplica replica, CutCheck check) {
            CutReply.Builder reply = CutReply.newBuilder();
            if (check.getAllTables() || !check.getTable().isEmpty()) {
                String table = check.getAllTables() ? null : check.getTable();
                if (replica.applier().handed().changedSince(table, check.getIndex())) {
                    reply.setChanged(true);
                } else {
                    replica.waiters().transactions().tellLocks(table, reply);
                }
            }
            if (check.getGate() != 0 && reply.getLocksCount() == 0) {
                replica.proposals().leaveGate(check.getGate());
            }
            replica.waiters().transactions().tellDecided(check.getAttemptsList(), reply);
            return reply.build();
        }

        private static CutReply refusal(ErrorCode code, String text, LeaderHint leader) {
            return CutReply.newBuilder()
                    .setError(Answers.error(code, text))
                    .setLeader(leader)
                    .build();
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
}
