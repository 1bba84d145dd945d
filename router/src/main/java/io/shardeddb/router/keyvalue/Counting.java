package io.shardeddb.router.keyvalue;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.keyvalue.expiry.ShardTimes;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An increment on its way: first as of a counter that never expires, and where there is none, as of what a read
 * finds. Each step has an id of its own, the same at each repeat of the request. So a repeat comes to the step that
 * was done, and to nothing behind it.
 */
final class Counting {

    /** Steps, at most: others create, remove and replace the counter meanwhile. */
    private static final int MOST_STEPS = 20;

    private final SpaceReads spaceReads;
    private final Writes writes;
    private final ShardTimes times;
    private final String space;
    private final Increment increment;
    private final @Nullable Long expires;
    private final KeyValues.Writer writer;
    private final LongSupplier content;

    Counting(
            SpaceReads spaceReads,
            Writes writes,
            ShardTimes times,
            String space,
            Increment increment,
            @Nullable Long expires,
            KeyValues.Writer writer,
            LongSupplier content) {
        this.spaceReads = spaceReads;
        this.writes = writes;
        this.times = times;
        this.space = space;
        this.increment = increment;
        this.expires = expires;
        this.writer = writer;
        this.content = content;
    }

    /** @param refusal why it cannot be done, if this step was not done before; {@code null}: it can */
    CompletableFuture<KeyValues.Counted> step(
            int step, Function<Space, RowOperation> operation, @Nullable DatabaseException refusal) {
        return writes.run(SpaceWrites.step(writer.id(), step), content, now -> plan(now, operation), writer.until())
                .thenCompose(result -> {
                    DatabaseException error = result.gravest();
                    if (error != null) {
                        throw error;
                    }
                    DatabaseException failed = result.failed().get(0);
                    SpaceWrites.Outcome outcome = SpaceWrites.Outcome.of(result);
                    if (failed == null) {
                        return CompletableFuture.completedFuture(counted(result, outcome));
                    }
                    if (failed.code() != ErrorCode.CONDITION_FAILED) {
                        throw failed;
                    }
                    if (refusal != null && !outcome.reply().getRepeated()) {
                        throw refusal;
                    }
                    return next(step + 1);
                });
    }

    /** Alone, so that a failure is an answer too, which says whether it is a repeat. */
    private WritePlan plan(Topology now, Function<Space, RowOperation> operation) {
        Space known = Space.of(now, space);
        WritePlan plan = SpaceWrites.one(now, known, increment.key(), operation.apply(known));
        plan.eachAlone();
        return plan;
    }

    private KeyValues.Counted counted(Writes.Result result, SpaceWrites.Outcome outcome) {
        if (!outcome.reply().getRepeated()) {
            SpaceWrites.learn(times, result);
        }
        SpaceWrites.Numbers after = outcome.after();
        Long number = after == null ? null : after.number();
        if (after == null || number == null) {
            throw new DatabaseException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "the counter was added to, once; a server of an older version does not tell the sum any more");
        }
        return new KeyValues.Counted(number, outcome.reply().getTimestamp(), after.expires(), result.indexes());
    }

    private CompletableFuture<KeyValues.Counted> next(int step) {
        if (step == MOST_STEPS) {
            throw new DatabaseException(
                    ErrorCode.OVERLOADED, "others made and removed the counter again and again; try again");
        }
        return spaceReads
                .one(space, increment.key(), Space.Fetched.NUMBERS, writer.reads())
                .thenCompose(found -> {
                    Entry entry = found.entry();
                    DatabaseException refusal = refusal(entry);
                    if (refusal != null && writer.id() == null) {
                        throw refusal;
                    }
                    if (entry == null && refusal == null) {
                        return step(step, known -> increment.made(known, expires), null);
                    }
                    boolean lasting = entry == null || entry.expires() == null;
                    return lasting
                            ? step(step, known -> increment.toLasting(expires), refusal)
                            : step(step, known -> increment.toExpiring(found.shardMillis(), expires), refusal);
                });
    }

    private @Nullable DatabaseException refusal(@Nullable Entry present) {
        if (present != null) {
            return present.number() != null
                    ? null
                    : new DatabaseException(
                            ErrorCode.NOT_A_COUNTER,
                            "the key holds a value, and only a counter can be added to",
                            Map.of("space", space));
        }
        try {
            var _ = increment.first();
            return null;
        } catch (DatabaseException e) {
            return e;
        }
    }
}
