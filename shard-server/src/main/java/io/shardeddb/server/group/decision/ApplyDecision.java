package io.shardeddb.server.group.decision;

import java.util.concurrent.TimeUnit;

/**
 * What an {@code Applier} does next, and why. Pure; its rules are told one by one in the script {@code apply.txt} of
 * the tests.
 *
 * <p>Nobody waits for a follower's rows, and one large transaction costs less than many small ones. So a follower
 * begins a transaction only some time after the end of the one before ({@link ApplyPace}), or when much waits to be
 * applied, or when a reader waits.
 */
public final class ApplyDecision {
    /** So many entries wait no longer for others to share their transaction. */
    static final long UNHURRIED_ENTRIES = 256;

    /** Neither do so many bytes: what waits should still be in memory when its time comes. */
    static final long UNHURRIED_BYTES = 128 << 10;

    /** Portions end at these indexes on all members, so that state hashes of equal indexes can be compared. */
    public static final long MARK_INTERVAL = 4096;

    /** How often a leader that cannot go on looks whether another one could lead. */
    public static final long UNKNOWN_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int MAX_BACKOFF_DOUBLINGS = 5;

    private ApplyDecision() {}

    /**
     * What is decided on. Indexes are of the log; times are nanoseconds from now on, and over when they are not
     * positive.
     *
     * @param ended whether nothing is applied here any more
     * @param busy whether something is being done already
     * @param untilRetry when the database may be tried again
     * @param open whether the store is open
     * @param applied last entry whose rows readers see; -1 while unknown
     * @param certain last entry whose outcome is certain, at least {@code applied}; what is between is held in an open
     *     transaction
     * @param target last entry that is known to be committed
     * @param lastOther last committed entry that is no write of rows
     * @param bytes of the entries behind {@code certain} up to {@code target}
     * @param readers whether somebody waits for rows
     * @param leads whether writers wait for outcomes here
     * @param untilUnhurried when what nobody waits for is begun all the same
     * @param untilSettled when what is held is committed all the same
     */
    public record Situation(
            boolean ended,
            boolean busy,
            long untilRetry,
            boolean open,
            long applied,
            long certain,
            long target,
            long lastOther,
            long bytes,
            boolean readers,
            boolean leads,
            long untilUnhurried,
            long untilSettled) {

        private boolean mayWork() {
            return !ended && !busy && untilRetry <= 0;
        }
    }

    /** What to do. */
    public sealed interface Next {
        /** For people: what is done or waited for. */
        public String words();
    }

    /** Nothing, and why. */
    enum Rest implements Next {
        ENDED("nothing is applied here any more"),
        BUSY("the store is busy: with a transaction, or with other work such as a copy"),
        BACKS_OFF("the database failed and is tried again in a moment"),
        NO_ROWS("the rows are being copied, or wait for it"),
        GATHERS("nobody waits for these rows: more may share their transaction"),
        HOLDS("written, answered and not committed yet: nobody reads"),
        IDLE("everything committed is applied");

        private final String words;

        Rest(String words) {
            this.words = words;
        }

        @Override
        public String words() {
            return words;
        }
    }

    /** Something other than applying entries. */
    public enum Act implements Next {
        /** Opens the store, and asks it what is applied. */
        OPEN("the store is opened and asked what it has"),
        /** Commits what is held. */
        SETTLE("what is held is committed");

        private final String words;

        Act(String words) {
            this.words = words;
        }

        @Override
        public String words() {
            return words;
        }
    }

    /** The next entries, and for whose sake. */
    public enum Apply implements Next {
        READERS("a reader waits for the rows"),
        WRITERS("writers wait for outcomes"),
        OTHER_ENTRY("an entry that is no write of rows waits"),
        MANY_ENTRIES("many entries wait"),
        MANY_BYTES("large entries wait"),
        TIME("they have waited long enough");

        private final String words;

        Apply(String words) {
            this.words = words;
        }

        @Override
        public String words() {
            return words;
        }
    }

    /** What to do now. */
    public static Next next(Situation now) {
        if (!now.mayWork()) {
            return now.ended ? Rest.ENDED : now.busy ? Rest.BUSY : Rest.BACKS_OFF;
        }
        if (!now.open) {
            return Act.OPEN;
        }
        if (now.applied < 0) {
            return Rest.NO_ROWS;
        }
        Next entries = now.certain < now.target ? entries(now) : Rest.IDLE;
        if (entries instanceof Apply || now.applied == now.certain) {
            return entries;
        }
        if (now.readers || now.untilSettled <= 0) {
            return Act.SETTLE;
        }
        return entries == Rest.IDLE ? Rest.HOLDS : entries;
    }

    private static Next entries(Situation now) {
        if (now.readers) {
            return Apply.READERS;
        }
        if (now.leads) {
            return Apply.WRITERS;
        }
        if (now.certain < now.lastOther) {
            return Apply.OTHER_ENTRY;
        }
        if (now.target - now.certain >= UNHURRIED_ENTRIES) {
            return Apply.MANY_ENTRIES;
        }
        if (now.bytes >= UNHURRIED_BYTES) {
            return Apply.MANY_BYTES;
        }
        return now.untilUnhurried <= 0 ? Apply.TIME : Rest.GATHERS;
    }

    /** What the first of the entries that come next is. */
    public enum First {
        /** A verdict on it is on its way, or the database refused it and is not asked again yet. */
        UNDECIDED,
        /** This version does not know it. */
        UNKNOWN,
        /** It defines tables. */
        DEFINITION,
        /** Anything else. */
        ORDINARY
    }

    /** What happens to the entries that come next. */
    public enum Portion {
        TAKE,
        /** What is held is committed before: it must not be given up with an entry that may fail. */
        SETTLE_FIRST,
        WAIT_FOR_VERDICT,
        /** Nothing is applied any more until a version comes that knows it. */
        STAND
    }

    /**
     * Whether the next entries are taken, before anything is known of those behind the first.
     *
     * @param holds whether rows are held
     */
    public static Portion portion(First first, boolean holds) {
        if (first == First.ORDINARY) {
            return Portion.TAKE;
        }
        if (holds) {
            return Portion.SETTLE_FIRST;
        }
        return switch (first) {
            case UNDECIDED -> Portion.WAIT_FOR_VERDICT;
            case UNKNOWN -> Portion.STAND;
            case DEFINITION, ORDINARY -> Portion.TAKE;
        };
    }

    /** Whether the rows of a portion are held back from readers, and why not. */
    public enum Hold {
        HOLDS,
        /** Nobody waits for outcomes, and rows that are held cost as much as rows that are committed. */
        NO_WRITERS,
        /** What is held would be undone with the entry that the database refuses. */
        ENTRY_REFUSED,
        /** A reader came a moment ago: others are expected. */
        READERS_EXPECTED,
        /** What is held since before must be committed now, and this with it. */
        HELD_LONG_ENOUGH,
        /** All members commit at this index. */
        MARK
    }

    /**
     * Whether a portion is held.
     *
     * @param leads whether writers wait for outcomes here
     * @param refused whether the database refuses an entry
     * @param untilReadersForgotten nanoseconds until no further readers are expected
     * @param holds whether rows are held already
     * @param untilSettled nanoseconds until those are to be committed
     * @param last index of the portion's last entry
     */
    public static Hold hold(
            boolean leads, boolean refused, long untilReadersForgotten, boolean holds, long untilSettled, long last) {
        if (!leads) {
            return Hold.NO_WRITERS;
        }
        if (refused) {
            return Hold.ENTRY_REFUSED;
        }
        if (untilReadersForgotten > 0) {
            return Hold.READERS_EXPECTED;
        }
        if (holds && untilSettled <= 0) {
            return Hold.HELD_LONG_ENOUGH;
        }
        return last % MARK_INTERVAL == 0 ? Hold.MARK : Hold.HOLDS;
    }

    /** The last index that a portion may reach: the next mark, at most. */
    public static long reach(long certain, long target, int mostEntries) {
        long mark = (certain / MARK_INTERVAL + 1) * MARK_INTERVAL;
        return Math.min(Math.min(target, mark), certain + mostEntries);
    }

    /**
     * How long a database that failed is left alone.
     *
     * @param failures in a row before this one
     * @return nanoseconds: 0.1 s, then twice as long each time, up to 3.2 s
     */
    public static long backOff(int failures) {
        return FIRST_BACKOFF_NANOS << Math.min(failures, MAX_BACKOFF_DOUBLINGS);
    }
}
