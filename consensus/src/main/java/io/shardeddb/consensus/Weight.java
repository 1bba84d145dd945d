package io.shardeddb.consensus;

/**
 * What a voter weighs at its leader; travels with the entries, so that each voter can say it.
 *
 * @param clock which permutation of the weights this belongs to; counts up within a term
 * @param value the weight; 0 where commits count heads
 */
public record Weight(long clock, long value) {
    /** No weight: a learner's, or everybody's where commits count heads. */
    public static final Weight NONE = new Weight(0, 0);
}
