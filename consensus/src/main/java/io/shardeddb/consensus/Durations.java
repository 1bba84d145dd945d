package io.shardeddb.consensus;

/**
 * How long something takes: an average that forgets, and percentiles of the last ten to twenty seconds. Cheap to add to, and of fixed
 * size (under a kilobyte). Not safe for use by several threads at once.
 */
public final class Durations {
    private static final long WINDOW_NANOS = 10_000_000_000L;
    private static final long NANOS_PER_MICRO = 1000;

    /** Four buckets for each doubling, from a microsecond to some four minutes: percentiles are at most a quarter too high. */
    private static final int BUCKETS = 4 * 28;

    private int[] present = new int[BUCKETS];
    private int[] before = new int[BUCKETS];
    private long windowBegin = Long.MIN_VALUE;
    private long count;
    private double averageNanos;

    /**
     * What is known.
     *
     * @param count how many there were in all
     * @param averageNanos average in nanoseconds, in which the latest weighs an eighth; 0 when there was none
     * @param medianNanos half of the latest took at most this; 0 when there was none lately
     * @param highNanos 99 of 100 of the latest took at most this; 0 when there was none lately
     */
    public record Summary(long count, long averageNanos, long medianNanos, long highNanos) {
        /** Nothing was seen. */
        public static final Summary NONE = new Summary(0, 0, 0, 0);
    }

    /**
     * Adds one.
     *
     * @param nanos how long it took; less than 0 counts as 0
     * @param now the present time, in nanoseconds of one monotonic clock
     */
    public void add(long nanos, long now) {
        turn(now);
        long took = Math.max(0, nanos);
        // Weight 1/8, as in TCP's round-trip estimate.
        averageNanos = count == 0 ? took : averageNanos + (took - averageNanos) / 8;
        count++;
        present[bucket(took / NANOS_PER_MICRO)]++;
    }

    /** What is known by now. */
    public Summary summary(long now) {
        turn(now);
        return new Summary(count, (long) averageNanos, percentile(0.5), percentile(0.99));
    }

    private void turn(long now) {
        if (windowBegin == Long.MIN_VALUE) {
            windowBegin = now;
        }
        long passed = now - windowBegin;
        if (passed < WINDOW_NANOS) {
            return;
        }
        int[] old = before;
        before = present;
        present = old;
        java.util.Arrays.fill(present, 0);
        if (passed >= 2 * WINDOW_NANOS) {
            java.util.Arrays.fill(before, 0);
        }
        windowBegin = now;
    }

    private long percentile(double part) {
        long all = 0;
        for (int i = 0; i < BUCKETS; i++) {
            all += present[i] + before[i];
        }
        long wanted = (long) Math.ceil(all * part);
        long seen = 0;
        for (int i = 0; i < BUCKETS && wanted > 0; i++) {
            seen += present[i] + before[i];
            if (seen >= wanted) {
                return upperMicros(i) * NANOS_PER_MICRO;
            }
        }
        return 0;
    }

    private static int bucket(long micros) {
        if (micros < 4) {
            return (int) micros;
        }
        int exponent = 63 - Long.numberOfLeadingZeros(micros);
        int quarter = (int) (micros >>> (exponent - 2)) & 3;
        return Math.min(BUCKETS - 1, 4 * (exponent - 1) + quarter);
    }

    private static long upperMicros(int bucket) {
        if (bucket < 4) {
            return bucket + 1L;
        }
        int exponent = bucket / 4 + 1;
        return (4L + bucket % 4 + 1) << (exponent - 2);
    }
}
