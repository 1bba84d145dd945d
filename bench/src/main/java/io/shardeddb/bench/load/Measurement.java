package io.shardeddb.bench.load;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What was measured in one window of time.
 *
 * @param operations that ended well in the window
 * @param rows of these operations
 * @param seconds length of the window
 * @param latencies in microseconds; in open loop from the moment at which the operation should have begun
 * @param errors operations that failed in the window
 * @param firstError what the first of them said
 */
public record Measurement(
        long operations,
        long rows,
        double seconds,
        Histogram latencies,
        long errors,
        @Nullable String firstError) {

    /** Longest latency that is told apart, in microseconds: two minutes. */
    static final long LATENCY_MAX = 120_000_000;

    private static final int DIGITS = 3;

    static Histogram histogram() {
        return new Histogram(LATENCY_MAX, DIGITS);
    }

    public double operationsPerSecond() {
        return operations / seconds;
    }

    public double rowsPerSecond() {
        return rows / seconds;
    }

    /**
     * Latency in milliseconds that this part of the operations did not exceed.
     *
     * @param percent 0 to 100
     */
    public double millisAt(double percent) {
        return latencies.getValueAtPercentile(percent) / 1_000.0;
    }
}
