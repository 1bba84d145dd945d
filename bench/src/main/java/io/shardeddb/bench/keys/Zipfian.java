package io.shardeddb.bench.keys;

import java.util.random.RandomGenerator;

/**
 * The distribution in which the k-th most frequent row is drawn in proportion to 1 / k^0.99; row 0 is the most
 * frequent.
 *
 * <p>Algorithm: J. Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994; the exponent is
 * that of the Yahoo! Cloud Serving Benchmark. The sum over all ranks (zeta) is computed once for the first number of
 * rows. For more rows its growth is estimated by the integral. So a draw costs the same however many rows there are.
 */
public final class Zipfian implements KeyDistribution {

    /** The exponent. */
    public static final double THETA = 0.99;

    private static final double ALPHA = 1 / (1 - THETA);
    private static final double ZETA_OF_TWO = 1 + Math.pow(0.5, THETA);

    private final long itemsAtFirst;
    private final double zetaAtFirst;

    /** @param itemsAtFirst at least 1; the constructor takes time in proportion to it */
    public Zipfian(long itemsAtFirst) {
        if (itemsAtFirst < 1) {
            throw new IllegalArgumentException("items must be at least 1, not " + itemsAtFirst);
        }
        this.itemsAtFirst = itemsAtFirst;
        double sum = 0;
        for (long rank = 1; rank <= itemsAtFirst; rank++) {
            sum += Math.pow((double) rank, -THETA);
        }
        this.zetaAtFirst = sum;
    }

    @Override
    public long next(RandomGenerator random, long items) {
        double zeta = zeta(items);
        double uniform = random.nextDouble() * zeta;
        if (uniform < 1 || items == 1) {
            return 0;
        }
        if (uniform < ZETA_OF_TWO) {
            return 1;
        }
        double eta = (1 - Math.pow(2.0 / items, 1 - THETA)) / (1 - ZETA_OF_TWO / zeta);
        long drawn = (long) (items * Math.pow(eta * uniform / zeta - eta + 1, ALPHA));
        return Math.min(drawn, items - 1);
    }

    private double zeta(long items) {
        return items == itemsAtFirst
                ? zetaAtFirst
                : zetaAtFirst
                        + (Math.pow((double) items, 1 - THETA) - Math.pow((double) itemsAtFirst, 1 - THETA))
                                / (1 - THETA);
    }
}
