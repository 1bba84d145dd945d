package io.shardeddb.server.group.decision;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Something that waits in a replica, as a person is told of it. Pure; the script {@code standing.txt} of the tests
 * shows what is told.
 *
 * @param words a sentence; empty when nothing waits
 * @param nanos for how long so far; 0 when that is not known or has just begun
 */
public record Standing(String words, long nanos) {
    /** Nothing waits. */
    public static final Standing NONE = new Standing("", 0);

    /**
     * What prevents applying, in addition to what {@link ApplyDecision} knows.
     *
     * @param entry that cannot be applied; 0: none
     * @param reason why
     * @param nanos for how long
     */
    public record Obstacle(long entry, String reason, long nanos) {
        /** None. */
        public static final Obstacle NONE = new Obstacle(0, "", 0);

        /**
         * An entry that waits for a newer version.
         *
         * @param entry with a command of that version; 0: none
         */
        public static Obstacle unknown(long entry, long nanos) {
            return new Obstacle(
                    entry,
                    "entry " + entry + " holds a command that this version does not know: it waits for a newer version",
                    nanos);
        }
    }

    /**
     * What is being done with the store.
     *
     * @param first entry that is being applied; 0: what is held is being committed
     * @param last entry
     * @param tables whether tables are being changed
     * @param nanos for how long
     */
    public record Task(long first, long last, boolean tables, long nanos) {}

    /** Of a leader's writes that are not proposed. */
    public static Standing proposing(ProposalDecision.Next next, int waiting, long nanos) {
        return next == ProposalDecision.Next.NOTHING_WAITS
                ? NONE
                : new Standing(count(waiting, "write") + " not proposed yet: " + next.words(), Math.max(0, nanos));
    }

    /**
     * Of a leader's entries without a quorum.
     *
     * @param committed last entry that has one
     * @param last entry of its log
     * @param nanos age of the oldest that has none
     */
    public static Standing committing(long committed, long last, long nanos) {
        return last <= committed
                ? NONE
                : new Standing(entries(committed + 1, last) + " not with a quorum yet", Math.max(0, nanos));
    }

    /**
     * Of committed entries whose rows readers do not see, and of what is being done with the store.
     *
     * @param at what the applier decides on
     * @param task what is being done; absent: nothing, or something that applies no entries
     * @param pace how long rows wait that nobody waits for, in nanoseconds
     * @param failedFor for how long the database has failed
     */
    public static Standing applying(
            ApplyDecision.Situation at, @Nullable Task task, Obstacle obstacle, long pace, long failedFor) {
        if (task != null) {
            return working(at, task);
        }
        // Whose rows are not known is told why.
        if (at.certain() >= 0 && obstacle.entry() > at.certain()) {
            return new Standing(obstacle.reason(), obstacle.nanos());
        }
        ApplyDecision.Next next = ApplyDecision.next(at);
        return switch (next) {
            case ApplyDecision.Rest.IDLE -> NONE;
            case ApplyDecision.Rest.GATHERS ->
                new Standing(entries(at.certain() + 1, at.target()) + ": " + next.words(), pace - at.untilUnhurried());
            case ApplyDecision.Rest.HOLDS ->
                new Standing(entries(at.applied() + 1, at.certain()) + ": " + next.words(), pace - at.untilSettled());
            case ApplyDecision.Rest.BACKS_OFF -> new Standing(next.words(), failedFor);
            case ApplyDecision.Apply apply ->
                new Standing(entries(at.certain() + 1, at.target()) + ": begun now, because " + apply.words(), 0);
            default -> new Standing(next.words(), 0);
        };
    }

    private static Standing working(ApplyDecision.Situation at, Task task) {
        String what = task.first() == 0
                ? entries(at.applied() + 1, at.certain()) + ": what is held is being committed"
                : entries(task.first(), task.last())
                        + (task.tables() ? ": tables are being changed" : ": being applied");
        return new Standing(what, task.nanos());
    }

    /** In milliseconds. */
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String entries(long first, long last) {
        return first == last ? "entry " + first : "entries " + first + ".." + last;
    }
}
