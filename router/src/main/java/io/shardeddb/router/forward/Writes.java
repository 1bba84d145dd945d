package io.shardeddb.router.forward;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.failure.FailureChoice;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.Topology;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes of any number of operations over any number of shards. */
@Singleton
public final class Writes {

    /** Requests that may be under way at once. */
    private static final int MAX_IN_FLIGHT = 20_000;

    private final PartWrites sender;
    private final LatestTopology topology;
    private final RouterSettings settings;
    private final AtomicInteger inFlight = new AtomicInteger();

    Writes(PartWrites sender, LatestTopology topology, RouterSettings settings) {
        this.sender = sender;
        this.topology = topology;
        this.settings = settings;
    }

    /**
     * What happened to one part.
     *
     * @param reply when it was committed
     * @param error when it was not, or its outcome is unknown
     */
    public record PartResult(
            WritePlan.Part part,
            @Nullable WriteReply reply,
            @Nullable DatabaseException error) {

        /** Whether its server refused it because the topology was old. */
        private boolean old() {
            return error != null && RetryRule.after(Attempts.cause(error)) == RetryRule.Next.PLAN_ANEW;
        }
    }

    /** What happened to a request. */
    public record Result(List<PartResult> parts) {

        /** Rows affected by each operation in the request's order; 0 where its part was not committed. */
        public int[] affected(int operations) {
            int[] affected = new int[operations];
            for (PartResult part : parts) {
                WriteReply reply = part.reply();
                for (int i = 0; reply != null && i < reply.getAffectedCount(); i++) {
                    affected[part.part().numbers().get(i)] = reply.getAffected(i);
                }
            }
            return affected;
        }

        /** The greatest timestamp of what was committed: each shard's part has its own. 0 when nothing was. */
        public long timestamp() {
            long greatest = 0;
            for (PartResult part : parts) {
                WriteReply reply = part.reply();
                greatest = reply == null ? greatest : Math.max(greatest, reply.getTimestamp());
            }
            return greatest;
        }

        /** Operations that failed while others stood, by their numbers in the request. */
        public SortedMap<Integer, DatabaseException> failed() {
            SortedMap<Integer, DatabaseException> failed = new TreeMap<>();
            for (PartResult part : parts) {
                WriteReply reply = part.reply();
                if (reply != null) {
                    reply.getFailedList()
                            .forEach(each -> failed.put(
                                    part.part().numbers().get(each.getOperation()),
                                    DatabaseException.ofWire(each.getError())));
                }
            }
            return failed;
        }

        /** The version that each operation gave its row; 0 where it changed none, or removed it. */
        public long[] versions() {
            long[] versions = new long[operations()];
            for (PartResult part : parts) {
                WriteReply reply = part.reply();
                for (int i = 0; reply != null && i < reply.getAffectedCount(); i++) {
                    boolean written = reply.getAffected(i) > 0
                            && part.part().operations().get(i).getKind() != OperationKind.DELETE;
                    versions[part.part().numbers().get(i)] =
                            written ? reply.getTimestamp() + i * reply.getTimestampStep() : 0;
                }
            }
            return versions;
        }

        /** How many operations the request has. */
        public int operations() {
            int operations = 0;
            for (PartResult part : parts) {
                operations += part.part().operations().size();
            }
            return operations;
        }

        /** How many operations changed something. */
        public int affectedOperations() {
            int affected = 0;
            for (PartResult part : parts) {
                WriteReply reply = part.reply();
                for (int i = 0; reply != null && i < reply.getAffectedCount(); i++) {
                    affected += reply.getAffected(i) > 0 ? 1 : 0;
                }
            }
            return affected;
        }

        /** Log index by group, of what was committed. */
        public Map<GroupId, Long> indexes() {
            if (parts.size() == 1) {
                PartResult only = parts.getFirst();
                WriteReply reply = only.reply();
                return reply == null ? Map.of() : Map.of(only.part().shard().group(), reply.getIndex());
            }
            Map<GroupId, Long> indexes = new HashMap<>();
            for (PartResult part : parts) {
                if (part.reply() != null) {
                    indexes.put(part.part().shard().group(), part.reply().getIndex());
                }
            }
            return indexes;
        }

        /** The gravest error: unknown before failed before the others; null when all is committed. */
        public @Nullable DatabaseException gravest() {
            DatabaseException gravest = null;
            for (PartResult part : parts) {
                DatabaseException error = part.error();
                if (error != null && (gravest == null || gravity(error) > gravity(gravest))) {
                    gravest = error;
                }
            }
            return gravest;
        }

        /** What a topology must have to go on with after servers said that this one was old; null when none did. */
        private @Nullable Predicate<Topology> newer(Topology used) {
            Predicate<Topology> newer = null;
            for (PartResult part : parts) {
                DatabaseException error = part.error();
                if (error != null && part.old()) {
                    Predicate<Topology> one = RetryRule.newer(used, error);
                    newer = newer == null ? one : newer.and(one);
                }
            }
            return newer;
        }

        /** Whether something that was sent may have run, though no answer says so. */
        private boolean anyUnknown() {
            for (PartResult part : parts) {
                DatabaseException error = part.error();
                if (error != null && error.kind() == ErrorKind.UNKNOWN) {
                    return true;
                }
            }
            return false;
        }

        /** Whether a shard's servers know no transactions yet. Nothing was done then. */
        private boolean isForOlderServers() {
            DatabaseException error = gravest();
            return error != null && error.code() == ErrorCode.OLDER_SERVER;
        }

        private boolean anyCommitted() {
            for (PartResult part : parts) {
                if (part.reply() != null) {
                    return true;
                }
            }
            return false;
        }

        private static int gravity(DatabaseException error) {
            return error.kind() == ErrorKind.UNKNOWN ? 2 : error.kind() == ErrorKind.FAILED ? 1 : 0;
        }
    }

    /**
     * Runs a request once.
     *
     * @param id the client's own; absent: one is made, which protects the router's own repetitions only
     * @param content hashes what the client sent, whatever the tables look like; asked only where the id is the
     *     client's own, which may come with another content
     * @param plan makes the parts for a topology; called again when the topology was old. What it throws is the result.
     * @return what happened to each part; or an exception when nothing was sent
     */
    public CompletableFuture<Result> run(
            @Nullable RequestId id, LongSupplier content, Function<Topology, WritePlan> plan) {
        return run(id, content, plan, null);
    }

    /**
     * The same for a client that gives up at some moment.
     *
     * @param until that moment, by {@link System#nanoTime}; absent: it waits as long as a write may
     */
    public CompletableFuture<Result> run(
            @Nullable RequestId id, LongSupplier content, Function<Topology, WritePlan> plan, @Nullable Long until) {
        if (inFlight.incrementAndGet() > MAX_IN_FLIGHT) {
            inFlight.decrementAndGet();
            return CompletableFuture.failedFuture(new DatabaseException(
                    ErrorCode.OVERLOADED, "more than " + MAX_IN_FLIGHT + " writes are under way"));
        }
        long most = System.nanoTime() + settings.writeTimeout().toNanos();
        long deadline = until == null || until - most > 0 ? most : until;
        CompletableFuture<Result> result;
        try {
            // Under an id that was made here, for this one request, there can be no other content.
            long hash = id == null ? 1 : content.getAsLong();
            result = once(sender.begin(id, hash, plan, deadline), false);
        } catch (RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        return result.whenComplete((ignored, failure) -> inFlight.decrementAndGet());
    }

    /** How many requests are under way. */
    public int underWay() {
        return inFlight.get();
    }

    /** The time by which to issue an id for a shard now, in milliseconds since the epoch. */
    public long issueMillis(GroupId group) {
        return sender.issueMillis(group);
    }

    /** @param mayHaveRun whether something that was sent in an earlier round may have run, though no answer says so */
    private CompletableFuture<Result> once(PartWrites.Run run, boolean mayHaveRun) {
        Topology used = topology.current();
        requireInitialised(used, topology.known());
        WritePlan made = run.plan().apply(used);
        if (made.parts().size() > 1 && !made.isEachAlone()) {
            return sender.together(run, made, used, mayHaveRun)
                    // What was decided once must not run in parts.
                    .thenCompose(result -> result.isForOlderServers() && !mayHaveRun && !made.isWholeAlways()
                            ? apart(run, made, used, mayHaveRun)
                            : settle(result, used, run, mayHaveRun));
        }
        return apart(run, made, used, mayHaveRun);
    }

    /** Each part is atomic for itself. */
    private CompletableFuture<Result> apart(PartWrites.Run run, WritePlan made, Topology used, boolean mayHaveRun) {
        List<WritePlan.Part> parts = made.parts();
        List<CompletableFuture<PartResult>> results = new ArrayList<>(parts.size());
        for (WritePlan.Part part : parts) {
            results.add(sender.send(run, made, used, part, mayHaveRun));
        }
        if (results.size() == 1) {
            return results.getFirst().thenCompose(only -> settle(new Result(List.of(only)), used, run, mayHaveRun));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenCompose(ignored -> settle(
                        new Result(results.stream().map(CompletableFuture::join).toList()), used, run, mayHaveRun));
    }

    /**
     * A further round. What was sent in an earlier one may have run: that this one cannot even be planned does not take
     * it back.
     */
    private CompletableFuture<Result> again(PartWrites.Run run, boolean mayHaveRun) {
        try {
            return once(run, mayHaveRun);
        } catch (DatabaseException e) {
            if (!mayHaveRun) {
                throw e;
            }
            throw new DatabaseException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "the tables or shards changed after the write was sent; it may or may not have happened: "
                            + e.getMessage(),
                    Map.of(FailureChoice.CAUSE, e.code().name()));
        }
    }

    /** Refuses work on a database that has no tables or shards, or of which nothing is known yet. */
    static void requireInitialised(Topology topology, boolean known) {
        if (!topology.initialised()) {
            throw new DatabaseException(
                    ErrorCode.NOT_INITIALISED,
                    known
                            ? "the database has no "
                                    + (topology.schema().tables().isEmpty() ? "tables" : "shards") + " yet"
                            : "the router has not learned yet what the database looks like");
        }
    }

    private CompletableFuture<Result> settle(Result result, Topology used, PartWrites.Run run, boolean mayHaveRun) {
        Duration left = Duration.ofNanos(run.deadline() - System.nanoTime());
        Predicate<Topology> newer = result.newer(used);
        if (newer == null || !left.isPositive()) {
            return CompletableFuture.completedFuture(result);
        }
        boolean open = mayHaveRun || result.anyUnknown();
        return topology.await(newer, left)
                .handle((next, failure) -> failure == null)
                .thenCompose(learned -> learned ? again(result, run, open) : CompletableFuture.completedFuture(result));
    }

    /** Runs what servers refused once more, under the same id, with the topology of now. */
    private CompletableFuture<Result> again(Result before, PartWrites.Run run, boolean mayHaveRun) {
        if (!before.anyCommitted()) {
            return again(run, mayHaveRun);
        }
        // Rows may be laid out again, so what was committed cannot be repeated. A part that was refused can be sent
        // again where it has the same rows still.
        Topology used = topology.current();
        WritePlan made;
        try {
            made = run.plan().apply(used);
        } catch (RuntimeException e) {
            // Whatever is wrong with it now: what was committed is to be told.
            return CompletableFuture.completedFuture(before);
        }
        List<WritePlan.Part> parts = new ArrayList<>(before.parts().size());
        for (PartResult part : before.parts()) {
            WritePlan.Part now = part.old() ? made.partLike(part.part()) : part.part();
            if (now == null) {
                return CompletableFuture.completedFuture(before);
            }
            parts.add(now);
        }
        List<CompletableFuture<PartResult>> results = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            PartResult part = before.parts().get(i);
            results.add(
                    part.old()
                            ? sender.send(run, made, used, parts.get(i), mayHaveRun)
                            : CompletableFuture.completedFuture(part));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenCompose(ignored -> settle(
                        new Result(results.stream().map(CompletableFuture::join).toList()), used, run, mayHaveRun));
    }

    /** The database's error in a failure, however deep it is wrapped. */
    public static DatabaseException error(Throwable failure) {
        Throwable at = failure;
        while (at instanceof CompletionException && at.getCause() != null) {
            at = at.getCause();
        }
        return at instanceof DatabaseException error
                ? error
                : new DatabaseException(ErrorCode.INTERNAL, "a fault of the router: " + at);
    }
}
