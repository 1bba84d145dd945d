package io.shardeddb.bench.keys;

import java.util.random.RandomGenerator;

/** Draws the number of a row among those that exist. Implementations keep no state between draws except constants. */
public interface KeyDistribution {

    /**
     * Draws one.
     *
     * @param items how many rows there are, at least 1; rows have the numbers 0 to items - 1 in the order of their
     *     insertion
     */
    long next(RandomGenerator random, long items);

    /** Every row equally often. */
    static KeyDistribution uniform() {
        return (random, items) -> random.nextLong(items);
    }

    /** Few rows often: {@link Zipfian}, with the frequent rows spread over all of them. */
    static KeyDistribution scrambledZipfian(long itemsAtFirst) {
        Zipfian zipfian = new Zipfian(itemsAtFirst);
        // Rank 0 would stay where it is: mixing maps 0 to 0.
        return (random, items) -> Math.floorMod(Mixing.of(zipfian.next(random, itemsAtFirst) + 1), items);
    }

    /** The newest rows most often, by {@link Zipfian} from the end. */
    static KeyDistribution latest(long itemsAtFirst) {
        Zipfian zipfian = new Zipfian(itemsAtFirst);
        return (random, items) -> items - 1 - zipfian.next(random, items);
    }
}
