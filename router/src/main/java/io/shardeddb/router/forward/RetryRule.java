package io.shardeddb.router.forward;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.WriteRequest;
import io.shardeddb.router.topology.Topology;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What follows from one attempt's failure. Pure. */
public final class RetryRule {

    private static final long UNKNOWN = -1;

    /** So far an id may be ahead of the shard's time, with room for what passes until it is judged. */
    private static final long AHEAD_MILLIS = 25_000;

    private RetryRule() {}

    /** What to do next. */
    public enum Next {
        /** The answer stands; give it to the caller. */
        STOP,
        /** Ask another server, at once when a hint names it. */
        ELSEWHERE,
        /** Wait a little, then ask again. */
        LATER,
        /** The router's picture is old: look again at tables and shards, and plan again. */
        PLAN_ANEW
    }

    /**
     * After an error inside an answer. A shard whose tables or interval are older than those that the request was made
     * for comes to them by itself: the same request fits it a little later, and a newer topology would not.
     *
     * @param schemaVersion that the request was made for
     * @param epoch that the request was made for
     */
    static Next after(DatabaseException error, long schemaVersion, long epoch) {
        long present = switch (error.code()) {
            case SCHEMA_CHANGED -> presentSchema(error);
            case MOVED -> number(error.details().get("epoch"));
            default -> UNKNOWN;
        };
        long asked = error.code() == ErrorCode.MOVED ? epoch : schemaVersion;
        return present != UNKNOWN && present < asked ? Next.LATER : after(error.code());
    }

    /**
     * What a topology must have to be tried after one that was too old for a server.
     *
     * @param error MOVED or SCHEMA_CHANGED
     */
    static Predicate<Topology> newer(Topology used, DatabaseException error) {
        long present = error.code() == ErrorCode.SCHEMA_CHANGED ? presentSchema(error) : UNKNOWN;
        return present > used.schema().version()
                ? next -> next.schema().version() >= present
                : next -> !next.equals(used);
    }

    /** Whether a shard's refusal says which tables it has. */
    static boolean namesSchema(DatabaseException error) {
        return presentSchema(error) != UNKNOWN;
    }

    /** The version that a shard says it has. Servers of older versions call it "version" when they refuse a write. */
    private static long presentSchema(DatabaseException error) {
        String version = error.details().get("schemaVersion");
        return number(version == null ? error.details().get("version") : version);
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? UNKNOWN : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    /** After an error inside an answer, by its code alone. */
    public static Next after(ErrorCode code) {
        return switch (code) {
            case NOT_LEADER, UNKNOWN_GROUP -> Next.ELSEWHERE;
            case NO_LEADER,
                    SHARD_CLOSED,
                    OVERLOADED,
                    LOCKED,
                    SHUTTING_DOWN,
                    READ_ONLY,
                    STORE_UNAVAILABLE,
                    NOT_CAUGHT_UP,
                    TOO_STALE,
                    READ_TIMED_OUT,
                    OUTCOME_UNKNOWN -> Next.LATER;
            case MOVED, SCHEMA_CHANGED -> Next.PLAN_ANEW;
            default -> Next.STOP;
        };
    }

    /**
     * Whether a step of a transaction is given up, because another attempt is made instead. One that meets a lock is:
     * what is prepared elsewhere would wait with it. But not a decision that may have run: it is sent again until it is
     * known, since the others must not be released before. A decision of an attempt that was released has not run, and
     * never will, however often it was sent.
     *
     * @param step of the request; none: it is no step
     * @param mayHaveRun whether an earlier sending may have run
     */
    public static boolean endsAttempt(TransactionStep step, ErrorCode code, boolean mayHaveRun) {
        return switch (code) {
            case LOCKED -> step.hasPrepare() || (step.hasDecide() && !mayHaveRun);
            case TRANSACTION_RELEASED -> step.hasDecide();
            default -> false;
        };
    }

    /** Whether an error that the log decided is kept with the request's id, so that each repeat gets it again. */
    public static boolean isRemembered(ErrorCode code) {
        return switch (code) {
            case SCHEMA_CHANGED,
                    MOVED,
                    SHARD_CLOSED,
                    REQUEST_EXPIRED,
                    REQUEST_CHANGED,
                    MALFORMED_REQUEST,
                    LOCKED,
                    TRANSACTION_RELEASED,
                    OUTCOME_UNKNOWN,
                    NOT_LEADER -> false;
            default -> true;
        };
    }

    /** Whether a request that got this error may have been run all the same. */
    public static boolean mayHaveRun(ErrorCode code) {
        return code == ErrorCode.OUTCOME_UNKNOWN;
    }

    /** What to send a write under that was refused for good. */
    enum Under {
        /** Its id: the refusal stands. */
        THE_SAME,
        /** Another id. */
        A_NEW_ID,
        /** Its id, and no hash of what the client sent. */
        A_HASH_OF_ROWS
    }

    /**
     * Under what a refused write may be sent again at once. Another id is for those only that were made here and of
     * which nothing may have run: an error that says so is of kind unknown.
     *
     * @param logMillis the group's time by what was told last
     */
    static Under under(DatabaseException error, WriteRequest sent, long logMillis) {
        if (sent.getIdOrigin() == IdOrigin.ID_OF_SENDER) {
            boolean misfit = switch (error.code()) {
                case REQUEST_TIME, REQUEST_EXPIRED -> true;
                // So older servers refuse one that is ahead of time.
                case MALFORMED_REQUEST -> sent.getRequest().getIssuedAtMillis() > logMillis + AHEAD_MILLIS;
                default -> false;
            };
            return misfit ? Under.A_NEW_ID : Under.THE_SAME;
        }
        // The first may have come by a router or server of an older version, which hashed rows: then it is a repeat by
        // their hash.
        boolean changed = Attempts.cause(error) == ErrorCode.REQUEST_CHANGED;
        boolean bySent = "sent".equals(error.details().get("knownBy"));
        return changed && !bySent && sent.getContentHash() != 0 ? Under.A_HASH_OF_ROWS : Under.THE_SAME;
    }

    /** After a call without an answer. */
    static Next after(Status status) {
        return switch (status.getCode()) {
            // The message is larger than the server takes, or this server speaks another version: no repetition helps.
            case RESOURCE_EXHAUSTED, UNIMPLEMENTED, INVALID_ARGUMENT -> Next.STOP;
            default -> Next.ELSEWHERE;
        };
    }

    /** Whether a call that ended so may have reached the server: not when the connection itself was never made. */
    static boolean mayHaveRun(Status status) {
        return switch (status.getCode()) {
            case UNIMPLEMENTED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAUTHENTICATED -> false;
            default -> !neverConnected(status.getCause());
        };
    }

    private static boolean neverConnected(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof ConnectException
                    || at instanceof UnknownHostException
                    || at instanceof NoRouteToHostException) {
                return true;
            }
        }
        return false;
    }

    /** The code to answer when a call without an answer ends everything. */
    static ErrorCode finalCode(Status status) {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED ? ErrorCode.TOO_LARGE : ErrorCode.INTERNAL;
    }

    /** How long to wait before attempt number {@code attempt} (from 1), in milliseconds: 10, 20, 40, ... 200. */
    public static long backOffMillis(int attempt) {
        return Math.min(200, 10L << Math.min(attempt - 1, 5));
    }
}
