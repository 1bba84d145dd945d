package io.shardeddb.consensus;

import java.util.Arrays;

/**
 * How long something that is done again and again takes: a moving average, and quantiles of the latest times. Bounded
 * in memory, a few nanoseconds per note. One thread may note while others look.
 */
public final class Durations {
    /** Quantiles are of so many latest times. */
    private static final int LATEST = 128;

    /** Weight of a new time in the average, as in TCP's estimate of round trips: one in so many. */
    private static final int WEIGHT = 8;

    private final long[] latest = new long[LATEST];
    private long count;
    private double average;

    /**
     * What was noted.
     *
     * @param count how often
     * @param average the moving average, in nanoseconds; 0 if nothing was noted
     * @param median of the latest times, in nanoseconds
     * @param high 99 of 100 of the latest times were at most this, in nanoseconds
     */
    public record Summary(long count, long average, long median, long high) {}

    /** Notes one time, in nanoseconds; negative ones, of a clock that was set back, count as 0. */
    public synchronized void note(long nanoseconds) {
        long time = Math.max(0, nanoseconds);
        average = count == 0 ? time : average + (time - average) / WEIGHT;
        latest[(int) (count++ % LATEST)] = time;
    }

    /** What was noted so far. */
    public synchronized Summary summary() {
        int size = (int) Math.min(count, LATEST);
        if (size == 0) {
            return new Summary(0, 0, 0, 0);
        }
        long[] sorted = Arrays.copyOf(latest, size);
        Arrays.sort(sorted);
        return new Summary(count, Math.round(average), sorted[(size - 1) / 2], sorted[(size * 99 + 99) / 100 - 1]);
    }
}
