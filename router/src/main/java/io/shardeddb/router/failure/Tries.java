package io.shardeddb.router.failure;

import io.grpc.Status;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of one request at one shard have come to so far: as much of it as decides what is told at its end,
 * however many they were. Pure and immutable.
 *
 * @param attempts how many servers were asked, each as often as it was asked
 * @param reason the first of the weightiest things that happened; null when nothing did
 * @param last what happened last; null when nothing did
 */
public record Tries(
        int attempts, @Nullable Happened reason, @Nullable Happened last) {

    /** Nobody was asked, and nothing happened. */
    public static final Tries NONE = new Tries(0, null, null);

    /** How much a happening says about why there is no answer. The later ones say more. */
    public enum Weight {
        /** Nobody was there to be asked. */
        NOTHING,
        /** A server did not answer. */
        SILENT,
        /** A server answered that it is not the one to ask. */
        NOT_THE_LEADER,
        /** A server refused for a reason that passes by itself, or that holds for this server alone. */
        PASSING,
        /** A server refused for another reason. */
        REFUSED;

        /** The weight of an error that a server gave. */
        public static Weight of(ErrorCode code) {
            return switch (code) {
                case NO_LEADER, NOT_LEADER, UNKNOWN_GROUP -> NOT_THE_LEADER;
                case MOVED, NOT_CAUGHT_UP, SCHEMA_CHANGED, SHARD_CLOSED, SHUTTING_DOWN, TOO_STALE -> PASSING;
                default -> REFUSED;
            };
        }
    }

    /** One thing that kept a request from its answer. */
    public sealed interface Happened {
        /** How much it says. */
        Weight weight();
    }

    /** No server of the shard was known. */
    public record NobodyKnown() implements Happened {
        @Override
        public Weight weight() {
            return Weight.NOTHING;
        }
    }

    /**
     * A server was asked and gave no answer.
     *
     * @param server its name
     * @param why what is known of the reason, for people
     */
    public record Unanswered(String server, String why) implements Happened {

        /** A call that ended without an answer. */
        public static Unanswered of(String server, Status status) {
            return new Unanswered(server, text(status));
        }

        @Override
        public Weight weight() {
            return Weight.SILENT;
        }
    }

    /**
     * A server answered with an error.
     *
     * @param server its name
     */
    public record Refused(String server, DatabaseException error) implements Happened {
        @Override
        public Weight weight() {
            return Weight.of(error.code());
        }
    }

    /** What a call's end says, in one line for people. */
    public static String text(Status status) {
        String description = status.getDescription();
        return description == null
                ? status.getCode().name()
                : status.getCode() + ", " + description.replace("\n", ", ");
    }

    /** These, and one more thing that happened. */
    public Tries and(Happened next) {
        boolean weightier = reason == null || next.weight().compareTo(reason.weight()) > 0;
        int asked = next instanceof NobodyKnown ? attempts : attempts + 1;
        return new Tries(asked, weightier ? next : reason, next);
    }

    /**
     * These, and an attempt that had no time left for its answer, because the request's own time was over. That says
     * nothing about the server if something else is known.
     */
    public Tries andCutShort(Unanswered next) {
        return last == null ? and(next) : new Tries(attempts + 1, reason, last);
    }
}
