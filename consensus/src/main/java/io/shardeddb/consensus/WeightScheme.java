package io.shardeddb.consensus;

import java.math.BigInteger;

/**
 * The weights that n voters may have when t of them may fail: a geometric sequence of a ratio r. The t + 1 heaviest
 * together exceed half of the sum, and the t heaviest do not reach it (Cabinet, PVLDB 18(5), section 4.1.1). So voters
 * that exceed half of the sum are at least t + 1, and any n - t voters exceed it.
 *
 * <p>Both hold exactly for r^(n-t-1) &lt; (r^n + 1) / 2 &lt; r^(n-t). The ratios that satisfy this are one interval
 * within (1, 2), whose ends are found by bisection in integers; the weights come from its middle, far from either end,
 * and are compared as integers.
 */
public final class WeightScheme {
    /** No scheme has more weights than this. */
    public static final int MAX_SIZE = 101;

    /** Ratios are integers in units of this: so fine that several lie within the narrowest interval, of 101 voters. */
    private static final int RATIO_BITS = 20;

    private static final int ONE = 1 << RATIO_BITS;

    /** The heaviest weight; the sum of {@link #MAX_SIZE} of them, doubled, is still a long. */
    private static final long HEAVIEST = 1L << 55;

    private final int tolerance;
    private final long[] weights;
    private final long total;

    private WeightScheme(int size, int tolerance, int ratio) {
        this.tolerance = tolerance;
        weights = new long[size];
        BigInteger numerator = BigInteger.valueOf(HEAVIEST);
        BigInteger denominator = BigInteger.ONE;
        long sum = 0;
        for (int rank = 0; rank < size; rank++) {
            weights[rank] = Math.max(1, numerator.divide(denominator).longValueExact());
            sum += weights[rank];
            numerator = numerator.shiftLeft(RATIO_BITS);
            denominator = denominator.multiply(BigInteger.valueOf(ratio));
        }
        total = sum;
        if (!exceedsHalf(sumOfHeaviest(tolerance + 1)) || 2 * sumOfHeaviest(tolerance) >= total) {
            throw new IllegalStateException("no weights for " + size + " voters of which " + tolerance + " may fail");
        }
    }

    /**
     * The weights of the middle ratio.
     *
     * @param size how many voters there are, 3 to {@link #MAX_SIZE}
     * @param tolerance how many of them may fail, 1 to {@code (size - 1) / 2}
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public static WeightScheme of(int size, int tolerance) {
        int lowest = lowest(size, tolerance);
        return new WeightScheme(size, tolerance, lowest + (highest(size, tolerance) - lowest) / 2);
    }

    /** The weights of the highest ratio, those of the paper's prototype: valid, but close to the edge. */
    public static WeightScheme steepest(int size, int tolerance) {
        return new WeightScheme(size, tolerance, highest(size, tolerance));
    }

    /** The weights of the lowest ratio. */
    static WeightScheme flattest(int size, int tolerance) {
        return new WeightScheme(size, tolerance, lowest(size, tolerance));
    }

    /** How many voters there are. */
    public int size() {
        return weights.length;
    }

    /** How many of them may fail. */
    public int tolerance() {
        return tolerance;
    }

    /** The weight of a rank, the heaviest for 0. */
    public long weight(int rank) {
        return weights[rank];
    }

    /** The sum of all weights. */
    public long total() {
        return total;
    }

    /** Whether weights that sum up to this commit. */
    public boolean exceedsHalf(long sum) {
        return 2 * sum > total;
    }

    private long sumOfHeaviest(int count) {
        long sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += weights[rank];
        }
        return sum;
    }

    /** The highest ratio at which the t heaviest do not reach half: it holds from just above one up to there. */
    private static int highest(int size, int tolerance) {
        check(size, tolerance);
        int holds = ONE + 1;
        int fails = 2 * ONE;
        while (fails - holds > 1) {
            int middle = holds + (fails - holds) / 2;
            if (fewerDoNotReachHalf(size, tolerance, middle)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return holds;
    }

    /** The lowest ratio at which the t + 1 heaviest exceed half: it holds from there on. */
    private static int lowest(int size, int tolerance) {
        int holds = highest(size, tolerance);
        int fails = ONE;
        while (holds - fails > 1) {
            int middle = fails + (holds - fails) / 2;
            if (enoughExceedHalf(size, tolerance, middle)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        return holds;
    }

    /** Whether 2 r^(n-t) > r^n + 1, multiplied by ONE^n. */
    private static boolean fewerDoNotReachHalf(int size, int tolerance, int ratio) {
        return twice(size, size - tolerance, ratio).compareTo(ends(size, ratio)) > 0;
    }

    /** Whether r^n + 1 > 2 r^(n-t-1), multiplied by ONE^n. */
    private static boolean enoughExceedHalf(int size, int tolerance, int ratio) {
        return ends(size, ratio).compareTo(twice(size, size - tolerance - 1, ratio)) > 0;
    }

    private static BigInteger twice(int size, int power, int ratio) {
        return BigInteger.valueOf(ratio).pow(power).shiftLeft(RATIO_BITS * (size - power) + 1);
    }

    private static BigInteger ends(int size, int ratio) {
        return BigInteger.valueOf(ratio).pow(size).add(BigInteger.ONE.shiftLeft(RATIO_BITS * size));
    }

    private static void check(int size, int tolerance) {
        if (size < 3 || size > MAX_SIZE || tolerance < 1 || tolerance > (size - 1) / 2) {
            throw new IllegalArgumentException("weights for " + size + " voters of which " + tolerance
                    + " may fail; allowed are 3 to " + MAX_SIZE + " voters, of which at least one and less than half");
        }
    }
}
