package io.shardeddb.router.failure;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.error.ErrorKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which error is told when a request has no answer: of all that happened, what says most about why. A server's own
 * reason goes before a leader that is missing or silent, and of several reasons the first one is told, because later
 * ones often follow from it. Pure.
 */
public final class FailureChoice {

    /** The detail with the name of the shard that an error is about. */
    public static final String SHARD = "shard";

    /** The detail of an unknown outcome that says which error came last. */
    public static final String CAUSE = "cause";

    /** The detail with the number of attempts after which a request was given up; 0: no server was asked. */
    public static final String ATTEMPTS = "attempts";

    /** The detail with the time after which a request was given up, in milliseconds. */
    public static final String TRIED_MILLIS = "triedMillis";

    private static final String NOBODY = "0";

    private FailureChoice() {}

    /** What was asked of a shard. */
    public enum Asked {
        READ,
        /** A write of which nothing can have happened. */
        WRITE,
        /** A write that was sent and may have happened. */
        WRITE_THAT_MAY_HAVE_RUN
    }

    /**
     * An error, and the shard it is about.
     *
     * @param shard its name
     */
    public record OfShard(String shard, DatabaseException error) {}

    /**
     * The error of a request to one shard whose time is over.
     *
     * @param shard its name
     * @param tries what happened until then
     * @param millis how long it was tried, in milliseconds
     */
    public static DatabaseException ofShard(String shard, Asked asked, Tries tries, long millis) {
        return reasoned(shard, asked, tries, millis)
                .with(SHARD, shard)
                .with(ATTEMPTS, Integer.toString(tries.attempts()))
                .with(TRIED_MILLIS, Long.toString(millis));
    }

    private static DatabaseException reasoned(String shard, Asked asked, Tries tries, long millis) {
        String tried = " in " + millis + " ms";
        if (asked == Asked.WRITE_THAT_MAY_HAVE_RUN) {
            return new DatabaseException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "shard " + shard + " did not answer in time; the write may or may not have happened ("
                            + first(refusal(tries)) + summary(tries, millis) + ")");
        }
        Tries.Refused refusal = refusal(tries);
        if (refusal != null) {
            return new DatabaseException(
                    refusal.error().code(),
                    named(shard, refusal.error().text()) + " (first told by " + refusal.server() + "; "
                            + summary(tries, millis) + ")",
                    refusal.error().details());
        }
        if (tries.attempts() > 0) {
            return new DatabaseException(
                    ErrorCode.NO_LEADER,
                    "shard " + shard + " has no leader that answers (" + summary(tries, millis) + ")");
        }
        if (tries.reason() != null) {
            return new DatabaseException(
                    ErrorCode.NO_LEADER,
                    "no server of shard " + shard + " is known to this router, so none was asked" + tried);
        }
        return asked == Asked.READ
                ? new DatabaseException(
                        ErrorCode.READ_TIMED_OUT,
                        "the time of the read was over before a server of shard " + shard + " was asked")
                : new DatabaseException(
                        ErrorCode.OVERLOADED,
                        "the time of the write was over before a server of shard " + shard
                                + " was asked; nothing was written");
    }

    /** What a server gave as its own reason; null when none did. */
    private static Tries.@Nullable Refused refusal(Tries tries) {
        return tries.reason() instanceof Tries.Refused refused
                        && refused.weight().compareTo(Tries.Weight.NOT_THE_LEADER) > 0
                ? refused
                : null;
    }

    private static String first(Tries.@Nullable Refused refusal) {
        return refusal == null ? "" : "first " + told(refusal) + "; ";
    }

    private static String summary(Tries tries, long millis) {
        int attempts = tries.attempts();
        String counted = attempts + (attempts == 1 ? " attempt in " : " attempts in ") + millis + " ms";
        Tries.Happened last = tries.last();
        Tries.Refused refusal = refusal(tries);
        return last == null || (refusal != null && says(last, refusal)) ? counted : counted + "; at last " + told(last);
    }

    /** Whether it says the same as a refusal, whichever server it is from. */
    private static boolean says(Tries.Happened happened, Tries.Refused refusal) {
        return happened instanceof Tries.Refused refused
                && refused.error().code() == refusal.error().code()
                && refused.error().text().equals(refusal.error().text());
    }

    private static String told(Tries.Happened happened) {
        return switch (happened) {
            case Tries.NobodyKnown _ -> "no server was known";
            case Tries.Unanswered unanswered -> unanswered.server() + " gave no answer: " + unanswered.why();
            case Tries.Refused refused ->
                refused.server() + " said " + refused.error().code() + ": "
                        + refused.error().text();
        };
    }

    /**
     * The error of a request to several shards of which some failed. It names the shard that it is about, also in its
     * text; not if the request itself is at fault, which has nothing to do with the shard.
     *
     * @param failures in the order in which they are to be told if they say equally much; at least one
     */
    public static DatabaseException ofShards(List<OfShard> failures) {
        OfShard weightiest = failures.getFirst();
        for (OfShard failure : failures) {
            if (weight(failure.error()).compareTo(weight(weightiest.error())) > 0) {
                weightiest = failure;
            }
        }
        DatabaseException error = weightiest.error();
        String text = error.kind() == ErrorKind.INVALID ? error.text() : named(weightiest.shard(), error.text());
        return new DatabaseException(error.code(), text, error.details()).with(SHARD, weightiest.shard());
    }

    /** How much an error says about why there is no answer. A shard that was not asked for want of time says least. */
    private static Tries.Weight weight(DatabaseException error) {
        boolean nobodyAsked = error.code() != ErrorCode.NO_LEADER
                && NOBODY.equals(error.details().get(ATTEMPTS));
        return nobodyAsked ? Tries.Weight.NOTHING : Tries.Weight.of(error.code());
    }

    /** A text that says which shard it is about. */
    private static String named(String shard, String text) {
        String name = "shard " + shard;
        int at = text.indexOf(name);
        int end = at + name.length();
        boolean whole = at >= 0 && (end == text.length() || !continuesName(text.charAt(end)));
        return whole ? text : name + ": " + text;
    }

    private static boolean continuesName(char next) {
        return Character.isLetterOrDigit(next) || next == '-' || next == '_';
    }

    /**
     * The error of a request that a server did not take at all.
     *
     * @param shard its name
     * @param code what it means to the caller
     * @param why what is known of the reason, for people
     */
    public static DatabaseException notTaken(String shard, ErrorCode code, String why) {
        return new DatabaseException(
                code, "shard " + shard + " did not take the request: " + why, Map.of(SHARD, shard));
    }
}
