package io.shardeddb.bench.load;

import java.util.random.RandomGenerator;

/**
 * Moments at which operations should begin: a Poisson process of a given rate, which is what many independent clients
 * make.
 */
final class Arrivals {

    private final double meanNanos;
    private final RandomGenerator random;
    private double next;

    /** @param perSecond mean rate, above 0 */
    Arrivals(double perSecond, RandomGenerator random) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("the rate must be above 0, not " + perSecond);
        }
        this.meanNanos = 1e9 / perSecond;
        this.random = random;
    }

    /** Nanoseconds after the start; never smaller than the one before. */
    long next() {
        next += -Math.log1p(-random.nextDouble()) * meanNanos;
        return (long) next;
    }
}
