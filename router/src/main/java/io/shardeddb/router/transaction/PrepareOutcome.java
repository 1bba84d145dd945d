package io.shardeddb.router.transaction;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.route.WritePlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What follows when all participants have answered their prepares. Pure. */
sealed interface PrepareOutcome {

    /** All are prepared: the decider decides. */
    record Decide() implements PrepareOutcome {}

    /** Another attempt may succeed, because what stood in the way passes. */
    record TryAgain(Failure because) implements PrepareOutcome {}

    /** The request fails, and each repeat of it should. */
    record Refuse(Failure because) implements PrepareOutcome {}

    /** Nothing was done, and a repeat may do it. */
    record GiveUp(Failure because) implements PrepareOutcome {}

    /** Why a part was not prepared. */
    record Failure(WritePlan.Part part, DatabaseException error) {}

    /**
     * What became known of one participant.
     *
     * @param reply when it is prepared
     * @param error when it is not, or that is not known
     */
    record Prepared(
            WritePlan.Part part,
            @Nullable WriteReply reply,
            @Nullable DatabaseException error) {}

    /** Decides, by the gravest of the failures: those of the request's own data first, because they stay. */
    static PrepareOutcome of(List<Prepared> all) {
        PrepareOutcome gravest = new Decide();
        for (Prepared each : all) {
            DatabaseException error = each.error();
            if (error != null) {
                PrepareOutcome next = of(each.part(), error);
                gravest = gravity(next) > gravity(gravest) ? next : gravest;
            }
        }
        return gravest;
    }

    private static PrepareOutcome of(WritePlan.Part part, DatabaseException error) {
        if (error.kind() == ErrorKind.UNKNOWN && error.code() != ErrorCode.REQUEST_EXPIRED) {
            // Nothing is decided before all are prepared. So it is known after all: nothing was done.
            return new GiveUp(new Failure(
                    part,
                    new DatabaseException(
                            ErrorCode.NO_LEADER,
                            "shard " + part.shard().name() + " did not answer in time; nothing was changed",
                            error.details())));
        }
        Failure failure = new Failure(part, error);
        return switch (error.code()) {
            case LOCKED, REQUEST_TIME, REQUEST_CLOSED, REQUEST_EXPIRED -> new TryAgain(failure);
            case DUPLICATE_KEY, ROW_NOT_FOUND, CONSTRAINT_VIOLATED, CONDITION_FAILED, OUT_OF_BOUNDS, PATH_BLOCKED ->
                new Refuse(failure);
            default -> new GiveUp(failure);
        };
    }

    private static int gravity(PrepareOutcome outcome) {
        return switch (outcome) {
            case Decide _ -> 0;
            case TryAgain _ -> 1;
            case GiveUp _ -> 2;
            case Refuse _ -> 3;
        };
    }
}
