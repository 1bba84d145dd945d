package io.shardeddb.consensus;

/**
 * Terms count elections in their lower 32 bits and recoveries from a lost quorum in the upper ones. Whatever members do
 * that did not take part in a recovery, their terms stay below those that come after it.
 */
public final class Terms {
    private static final int ELECTION_BITS = 32;

    private Terms() {}

    /** The first term of the next epoch. */
    static long nextEpoch(long term) {
        return (epoch(term) + 1) << ELECTION_BITS;
    }

    /** How many recoveries there were up to a term. */
    public static long epoch(long term) {
        return term >>> ELECTION_BITS;
    }
}
