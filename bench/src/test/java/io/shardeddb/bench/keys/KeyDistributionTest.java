package io.shardeddb.bench.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class KeyDistributionTest {

    private static final int ITEMS = 1_000;
    private static final int DRAWS = 400_000;

    private static double[] shares(KeyDistribution distribution, int items) {
        SplittableRandom random = new SplittableRandom(42);
        double[] shares = new double[items];
        for (int i = 0; i < DRAWS; i++) {
            shares[(int) distribution.next(random, items)] += 1.0 / DRAWS;
        }
        return shares;
    }

    /** Sum of 1 / k^0.99 for k = 1 to 1000, computed apart from the code. */
    private static final double ZETA_OF_1000 = 7.728953;

    @Test
    void drawsTheKthRowInProportionToItsRank() {
        double[] shares = shares(new Zipfian(ITEMS), ITEMS);
        // The two most frequent are drawn exactly; the others by an approximation that Gray et al. describe.
        assertThat(shares[0]).isCloseTo(1 / ZETA_OF_1000, within(0.003));
        assertThat(shares[1]).isCloseTo(Math.pow(0.5, 0.99) / ZETA_OF_1000, within(0.003));
        assertThat(shares[9]).isCloseTo(Math.pow(10, -0.99) / ZETA_OF_1000, within(0.004));
        double firstHundred = 0;
        for (int i = 0; i < 100; i++) {
            firstHundred += shares[i];
        }
        // Sum of 1 / k^0.99 for k = 1 to 100 is 5.2946; over zeta of 1000.
        assertThat(firstHundred).isCloseTo(0.685, within(0.02));
    }

    @Test
    void givesTheSameDrawsForTheSameSeed() {
        SplittableRandom random = new SplittableRandom(7);
        Zipfian zipfian = new Zipfian(ITEMS);
        long[] draws = new long[8];
        for (int i = 0; i < draws.length; i++) {
            draws[i] = zipfian.next(random, ITEMS);
        }
        SplittableRandom again = new SplittableRandom(7);
        for (long draw : draws) {
            assertThat(zipfian.next(again, ITEMS)).isEqualTo(draw);
        }
    }

    @Test
    void staysInRangeAsRowsAreAdded() {
        Zipfian zipfian = new Zipfian(10);
        SplittableRandom random = new SplittableRandom(1);
        long largest = 0;
        for (int items = 1; items < 5_000; items++) {
            long drawn = zipfian.next(random, items);
            assertThat(drawn).isBetween(0L, items - 1L);
            largest = Math.max(largest, drawn);
        }
        assertThat(largest).isGreaterThan(1_000);
    }

    @Test
    void drawsTheNewestRowsMostOften() {
        double[] shares = shares(KeyDistribution.latest(ITEMS), ITEMS);
        assertThat(shares[ITEMS - 1]).isCloseTo(1 / ZETA_OF_1000, within(0.003));
        assertThat(shares[0]).isLessThan(0.001);
    }

    @Test
    void drawsEveryRowEquallyOften() {
        for (double share : shares(KeyDistribution.uniform(), 100)) {
            assertThat(share).isCloseTo(0.01, within(0.001));
        }
    }

    @Test
    void spreadsTheFrequentRows() {
        double[] shares = shares(KeyDistribution.scrambledZipfian(ITEMS), ITEMS);
        double firstTen = 0;
        for (int i = 0; i < 10; i++) {
            firstTen += shares[i];
        }
        // Unscrambled, the first ten of a thousand have 38 %.
        assertThat(firstTen).isLessThan(0.1);
    }

    @Test
    void givesEveryNumberAKeyOfItsOwn() {
        Set<Long> keys = new HashSet<>();
        for (long number = 0; number < 1 << 12; number++) {
            long key = Mixing.key(number, 12);
            assertThat(key).isBetween(0L, (1L << 12) - 1);
            keys.add(key);
        }
        assertThat(keys).hasSize(1 << 12);
    }

    @Test
    void refusesNoRows() {
        assertThatThrownBy(() -> new Zipfian(0)).hasMessageContaining("at least 1");
    }
}
