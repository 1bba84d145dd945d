package io.shardeddb.server.group.decision;

/**
 * What a leader does next with the writes that wait to be proposed, and why. Pure; its rules are told one by one in the
 * script {@code proposals.txt} of the tests.
 */
public final class ProposalDecision {
    /** Entries on their way to a quorum at the same time. */
    static final int MAX_UNCOMMITTED = 2;

    /**
     * While an entry is on its way, this many requests must wait to be worth another one: an entry costs every member a
     * record, a message and a transaction, however few requests it carries.
     */
    static final int WORTH_ANOTHER_ENTRY = 32;

    private static final int MAX_REQUESTS_PER_ENTRY = 1024;
    private static final int MAX_OPERATIONS_PER_ENTRY = 20_000;
    private static final int MAX_BYTES_PER_ENTRY = 4 << 20;

    private ProposalDecision() {}

    /** Where a batch of writes is that was taken for a timestamp of the service. */
    public enum Batch {
        NONE,
        /** The service was asked for its timestamp. */
        ASKED,
        /** It has its timestamp. */
        STAMPED
    }

    /**
     * What is decided on.
     *
     * @param batch where the batch is that is taken out of what waits
     * @param batchOfThisTerm whether that was taken in the present term
     * @param service whether timestamps come from the service
     * @param clockTrusted whether this server's clock agrees with the others'
     * @param waiting requests
     * @param underWay entries that are proposed and not known to be committed
     * @param gathered whether those that wait leave, when nothing is under way
     */
    public record Situation(
            Batch batch,
            boolean batchOfThisTerm,
            boolean service,
            boolean clockTrusted,
            int waiting,
            int underWay,
            boolean gathered) {}

    /** What to do now. */
    public enum Next {
        // The batch that was taken for a timestamp comes first: nobody may overtake it.
        /** Refuses the batch: the leadership was lost and won again. */
        DROP_BATCH("writes of an earlier term are refused"),
        /** The service was turned off: the batch gets a timestamp of this server's clock. */
        STAMP_BATCH_HERE("writes that waited for the timestamp service become an entry"),
        PROPOSE_BATCH("writes that have their timestamp become an entry"),
        AWAIT_TIMESTAMP("writes wait for a timestamp of the service"),

        NOTHING_WAITS("no write waits"),
        GATHER("nothing is under way, and more writes are expected in a moment"),
        AWAIT_COMMIT("an entry is on its way to a quorum, and fewer than " + WORTH_ANOTHER_ENTRY + " writes wait"),
        AWAIT_COMMITS(MAX_UNCOMMITTED + " entries are on their way to a quorum"),

        ASK_TIMESTAMP("the timestamp service is asked"),
        /** Refuses what waits: what this clock stamped would keep others from writing for long. */
        REFUSE_CLOCK("this server's clock is far ahead of the others'"),
        PROPOSE("what waits becomes an entry");

        private final String words;

        Next(String words) {
            this.words = words;
        }

        /** For people: what is done or waited for. */
        public String words() {
            return words;
        }
    }

    /** What to do now; after anything but waiting it is asked again. */
    public static Next next(Situation now) {
        if (now.batch != Batch.NONE) {
            return batch(now);
        }
        if (now.waiting == 0) {
            return Next.NOTHING_WAITS;
        }
        if (now.underWay >= MAX_UNCOMMITTED) {
            return Next.AWAIT_COMMITS;
        }
        if (now.underWay > 0 && now.waiting < WORTH_ANOTHER_ENTRY) {
            return Next.AWAIT_COMMIT;
        }
        if (now.underWay == 0 && !now.gathered) {
            return Next.GATHER;
        }
        if (now.service) {
            return Next.ASK_TIMESTAMP;
        }
        return now.clockTrusted ? Next.PROPOSE : Next.REFUSE_CLOCK;
    }

    private static Next batch(Situation now) {
        if (!now.batchOfThisTerm) {
            return Next.DROP_BATCH;
        }
        if (now.batch == Batch.STAMPED) {
            return Next.PROPOSE_BATCH;
        }
        return now.service ? Next.AWAIT_TIMESTAMP : Next.STAMP_BATCH_HERE;
    }

    /**
     * Whether an entry takes one more request.
     *
     * @param requests that it has; one whose operations stand alone counts as many
     * @param operations that they have: each is an object or more in every replica's memory
     * @param bytes that they have
     */
    public static boolean takesMore(int requests, int operations, int bytes) {
        return requests < MAX_REQUESTS_PER_ENTRY
                && operations < MAX_OPERATIONS_PER_ENTRY
                && bytes < MAX_BYTES_PER_ENTRY;
    }
}
