package io.shardeddb.protocol.stream;

/**
 * What {@link Gathering} decides, of what it has watched. Pure; its rules are told one by one in the script
 * {@code gathering.txt} of the tests.
 */
final class GatheringRule {

    /** Clients in a loop come back one after the other: waiting for the last of them is not worth it. */
    private static final double MOST = 0.75;

    private static final double PART_OF_THE_WAY = 0.5;
    private static final double NEWEST_WEIGHT = 0.25;

    private GatheringRule() {}

    /** What those that wait do. */
    enum Next {
        /** Wait for more. */
        WAIT,
        /** Leave: most of those that are expected are there. */
        ENOUGH,
        /** Leave: waiting longer costs more than it saves. */
        TIME_IS_UP
    }

    /**
     * What those that wait do now.
     *
     * @param waiting how many they are
     * @param usual how many are usually under way at the same time
     * @param left nanoseconds until {@link #longest} is over
     */
    static Next next(int waiting, double usual, long left) {
        if (waiting >= MOST * usual) {
            return Next.ENOUGH;
        }
        return left <= 0 ? Next.TIME_IS_UP : Next.WAIT;
    }

    /**
     * How long the first of them waits at most.
     *
     * @param wayNanos how long the way takes
     * @param mostNanos what it may be at most
     * @return nanoseconds
     */
    static long longest(double wayNanos, long mostNanos) {
        return Math.min(mostNanos, (long) (PART_OF_THE_WAY * wayNanos));
    }

    /** What is usual after one more was seen. */
    static double follow(double usual, double newest) {
        return usual + NEWEST_WEIGHT * (newest - usual);
    }
}
