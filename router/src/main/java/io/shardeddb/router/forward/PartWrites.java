package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import io.shardeddb.router.transaction.AtomicWrite;
import io.shardeddb.router.transaction.ShardSteps;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends single parts of writes, under ids whose issue time is the shard's own. */
@Singleton
final class PartWrites {

    /** So many ids are made for one sending at most, when the shard finds their time wrong. */
    private static final int MOST_IDS = 4;

    private final Sending sending;
    private final LogTimes times;
    private final String client = "router-" + UUID.randomUUID();
    private final AtomicLong numbers = new AtomicLong();

    @Inject
    PartWrites(Forwarder forwarder, LogTimes times) {
        this(forwarder::write, times);
    }

    PartWrites(Sending sending, LogTimes times) {
        this.sending = sending;
        this.times = times;
    }

    /** How one part is sent; as of {@link Forwarder#write}. */
    @FunctionalInterface
    interface Sending {
        CompletableFuture<WriteReply> write(ShardEntry shard, WriteRequest request, boolean mayHaveRun, long deadline);
    }

    /** What stays the same in all rounds of a request. */
    static final class Run {
        private final @Nullable RequestId given;
        private final long number;
        private final Map<GroupId, RequestId> made = new ConcurrentHashMap<>(4);
        private final long content;
        private final Function<Topology, WritePlan> plan;
        private final long deadline;
        private final long askedMillis;

        /**
         * @param id the client's own; absent: one is made for each group, of the same number while its time fits
         * @param number of ids that are made
         * @param content hash of what the client sent
         * @param plan makes the parts for a topology
         * @param deadline by {@link System#nanoTime}
         * @param askedMillis when the client asked, by this router's clock
         */
        private Run(
                @Nullable RequestId id,
                long number,
                long content,
                Function<Topology, WritePlan> plan,
                long deadline,
                long askedMillis) {
            this.askedMillis = askedMillis;
            given = id;
            this.number = number;
            this.content = content;
            this.plan = plan;
            this.deadline = deadline;
        }

        Function<Topology, WritePlan> plan() {
            return plan;
        }

        long deadline() {
            return deadline;
        }
    }

    /** Begins a request; as of {@link Run}. */
    Run begin(@Nullable RequestId id, long content, Function<Topology, WritePlan> plan, long deadline) {
        return new Run(
                id,
                numbers.incrementAndGet(),
                content,
                plan,
                deadline,
                id == null ? times.wallMillis() : id.getIssuedAtMillis());
    }

    long issueMillis(GroupId group) {
        return times.millis(group);
    }

    private RequestId idOf(GroupId group, long number) {
        return RequestId.newBuilder()
                .setClient(client)
                .setNumber(number)
                .setIssuedAtMillis(times.millis(group))
                .build();
    }

    /**
     * The id for a group, the same in all rounds: a later issue time would let a repeat run whose record was forgotten.
     */
    private RequestId id(Run run, GroupId group) {
        RequestId given = run.given;
        return given == null ? run.made.computeIfAbsent(group, to -> idOf(to, run.number)) : given;
    }

    /**
     * Sends a part until it is answered for good.
     *
     * @param plan that the part is of
     * @param used what the part was planned with
     * @param mayHaveRun whether something that was sent in an earlier round may have run, though no answer says so
     */
    CompletableFuture<Writes.PartResult> send(
            Run run, WritePlan plan, Topology used, WritePlan.Part part, boolean mayHaveRun) {
        GroupId group = part.shard().group();
        WriteRequest.Builder request = request(run, plan, used, part);
        if (plan.isConditional()) {
            request.addAllConditionalOperations(part.operations())
                    .setEachAlone(plan.isEachAlone())
                    .setRowsWanted(plan.rowsWanted());
        } else {
            request.addAllOperations(part.operations());
        }
        return attempt(run, part, request.build(), mayHaveRun, 1)
                .handle((reply, failure) -> failure == null
                        ? new Writes.PartResult(part, ofTransaction(part, reply), null)
                        : new Writes.PartResult(
                                part,
                                null,
                                numbered(
                                        part,
                                        told(run, group, understood(plan.isConditional(), Writes.error(failure))))));
    }

    /** A repeat of a request whose rows were on several shards then, and are on one now. */
    private static WriteReply ofTransaction(WritePlan.Part part, WriteReply reply) {
        return reply.getWholeAffectedCount() == part.operations().size()
                ? reply.toBuilder()
                        .clearAffected()
                        .addAllAffected(reply.getWholeAffectedList())
                        .build()
                : reply;
    }

    /** What every request with rows has, under the id of its part. */
    private WriteRequest.Builder request(Run run, WritePlan plan, Topology used, WritePlan.Part part) {
        GroupId group = part.shard().group();
        return WriteRequest.newBuilder()
                .setGroup(group.toWire())
                .setRequest(id(run, group))
                .setIdOrigin(run.given == null ? IdOrigin.ID_OF_SENDER : IdOrigin.ID_OF_CLIENT)
                .setContentHash(run.content)
                .setSchemaVersion(used.schema().version())
                .setSchemaHash(used.schema().hash())
                .setEpoch(part.shard().epoch())
                .addAllTables(plan.tables());
    }

    /**
     * Sends all parts as one transaction.
     *
     * @param plan of several parts
     * @param used what it was planned with
     * @param mayHaveRun whether something that was sent in an earlier round may have run, though no answer says so
     */
    CompletableFuture<Writes.Result> together(Run run, WritePlan plan, Topology used, boolean mayHaveRun) {
        ShardSteps steps = new PlanSteps(run, plan, used, mayHaveRun);
        return new AtomicWrite(
                        steps,
                        plan,
                        run.askedMillis,
                        run.given != null,
                        mayHaveRun,
                        () -> run.deadline() - System.nanoTime() > 0)
                .start()
                .thenApply(outcome -> switch (outcome) {
                    case AtomicWrite.Outcome.Done(List<WriteReply> replies) -> {
                        List<Writes.PartResult> results = new ArrayList<>(replies.size());
                        for (int i = 0; i < replies.size(); i++) {
                            results.add(new Writes.PartResult(plan.parts().get(i), replies.get(i), null));
                        }
                        yield new Writes.Result(results);
                    }
                    case AtomicWrite.Outcome.Failed(WritePlan.Part part, DatabaseException error) ->
                        new Writes.Result(List.of(new Writes.PartResult(part, null, error)));
                });
    }

    /** An attempt by the number of its id, at a shard. */
    private record AttemptAt(long number, GroupId group) {}

    /** The steps of one plan's transaction. */
    private final class PlanSteps implements ShardSteps {
        private final Run run;
        private final WritePlan plan;
        private final Topology used;
        private final boolean mayHaveRun;
        private final Map<AttemptAt, RequestId> attempts = new ConcurrentHashMap<>();

        PlanSteps(Run run, WritePlan plan, Topology used, boolean mayHaveRun) {
            this.run = run;
            this.plan = plan;
            this.used = used;
            this.mayHaveRun = mayHaveRun;
        }

        @Override
        public RequestId newAttempt(WritePlan.Part decider) {
            GroupId group = decider.shard().group();
            RequestId attempt = idOf(group, numbers.incrementAndGet());
            attempts.put(new AttemptAt(attempt.getNumber(), group), attempt);
            return attempt;
        }

        /** Each shard judges an id by its own time, the same in all steps of an attempt. */
        private RequestId at(WritePlan.Part part, RequestId attempt) {
            return attempts.computeIfAbsent(
                    new AttemptAt(attempt.getNumber(), part.shard().group()), key -> idOf(key.group(), key.number()));
        }

        @Override
        public CompletableFuture<WriteReply> prepare(WritePlan.Part part, RequestId attempt, TransactionStep step) {
            WriteRequest request = withRows(part, step)
                    .setRequest(at(part, attempt))
                    .setIdOrigin(IdOrigin.ID_OF_SENDER)
                    .build();
            return sending.write(part.shard(), request, false, run.deadline()).exceptionallyCompose(failure -> {
                DatabaseException error = Writes.error(failure);
                correct(part.shard().group(), error);
                return CompletableFuture.failedFuture(numbered(part, understood(true, error)));
            });
        }

        @Override
        public CompletableFuture<WriteReply> decide(WritePlan.Part part, DecideStep step) {
            TransactionStep decide =
                    TransactionStep.newBuilder().setDecide(step).build();
            WriteRequest request = withRows(part, decide).build();
            return attempt(run, part, request, mayHaveRun, 1).exceptionallyCompose(failure -> {
                DatabaseException error = understood(true, Writes.error(failure));
                GroupId group = part.shard().group();
                return CompletableFuture.failedFuture(numbered(part, told(run, group, error)));
            });
        }

        private WriteRequest.Builder withRows(WritePlan.Part part, TransactionStep step) {
            return request(run, plan, used, part)
                    .setTransaction(step)
                    .setRowsWanted(plan.rowsWanted())
                    .addAllTransactionOperations(part.operations());
        }

        @Override
        public CompletableFuture<WriteReply> end(WritePlan.Part part, RequestId attempt, TransactionStep step) {
            WriteRequest request = WriteRequest.newBuilder()
                    .setGroup(part.shard().group().toWire())
                    .setRequest(at(part, attempt))
                    .setTransaction(step)
                    .build();
            return sending.write(part.shard(), request, false, run.deadline());
        }

        @Override
        public void later(Runnable work, int longestMillis) {
            int millis = ThreadLocalRandom.current().nextInt(1, longestMillis + 1);
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(work);
        }
    }

    /**
     * A server of an older version finds no operation in a conditional write. It refuses the request, which is in
     * order.
     */
    private static DatabaseException understood(boolean conditional, DatabaseException error) {
        return conditional
                        && error.code() == ErrorCode.MALFORMED_REQUEST
                        && !error.details().containsKey("operation")
                ? new DatabaseException(
                        ErrorCode.OLDER_SERVER,
                        "the shard's leader is of a version that knows neither conditional writes nor transactions;"
                                + " it can be done when all servers are upgraded")
                : error;
    }

    private CompletableFuture<WriteReply> attempt(
            Run run, WritePlan.Part part, WriteRequest request, boolean mayHaveRun, int ids) {
        GroupId group = part.shard().group();
        return sending.write(part.shard(), request, mayHaveRun, run.deadline()).exceptionallyCompose(failure -> {
            DatabaseException error = Writes.error(failure);
            correct(group, error);
            return switch (RetryRule.under(error, request, times.millis(group))) {
                case THE_SAME -> CompletableFuture.failedFuture(error);
                case A_NEW_ID -> {
                    if (ids == MOST_IDS) {
                        yield CompletableFuture.failedFuture(error);
                    }
                    RequestId next = idOf(group, numbers.incrementAndGet());
                    run.made.put(group, next);
                    WriteRequest again = request.toBuilder().setRequest(next).build();
                    yield attempt(run, part, again, mayHaveRun, ids + 1);
                }
                case A_HASH_OF_ROWS ->
                    attempt(run, part, request.toBuilder().clearContentHash().build(), true, ids);
            };
        });
    }

    /** A leader that refuses an id for its time tells its own. */
    private void correct(GroupId group, DatabaseException error) {
        String millis = error.code() == ErrorCode.REQUEST_TIME ? error.details().get("millis") : null;
        if (millis != null && millis.matches("[0-9]{1,18}")) {
            times.correct(group, Long.parseLong(millis));
        }
    }

    /**
     * What the caller is told: of an id that was made here only that nothing was written, of a client's own also the
     * shard's time.
     */
    private DatabaseException told(Run run, GroupId group, DatabaseException error) {
        if (error.code() == ErrorCode.OUTCOME_UNKNOWN && Attempts.cause(error) == ErrorCode.REQUEST_CHANGED) {
            return new DatabaseException(
                    error.code(),
                    "the request id was used before by way of an older version, with this content or another;"
                            + " the write may or may not have happened",
                    error.details());
        }
        boolean old = error.code() == ErrorCode.REQUEST_EXPIRED;
        if (run.given == null) {
            return old || error.code() == ErrorCode.REQUEST_TIME
                    ? new DatabaseException(
                            ErrorCode.OVERLOADED,
                            "the shard's time changes faster than requests reach it; nothing was written",
                            error.details())
                    : error;
        }
        return old && times.isKnown(group) ? error.with("millis", Long.toString(times.millis(group))) : error;
    }

    /** A server counts the operations of its part: the client's own number of the row is added. */
    private static DatabaseException numbered(WritePlan.Part part, DatabaseException error) {
        String operation = error.details().get("operation");
        if (operation == null || !operation.matches("[0-9]{1,9}")) {
            return error;
        }
        int number = Integer.parseInt(operation);
        return number < part.numbers().size()
                ? error.with("row", part.numbers().get(number).toString())
                : error;
    }
}
