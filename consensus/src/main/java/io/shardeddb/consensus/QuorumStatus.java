package io.shardeddb.consensus;

import java.util.List;

/**
 * The weights by which a leader commits in one half of its configuration.
 *
 * @param clock which permutation of the weights this is; counts up within a term
 * @param total the sum of all weights; acknowledgements that exceed half of it commit
 * @param tolerance how many voters may fail: the first {@code tolerance + 1} commit alone
 * @param voters the voters, the heaviest first
 */
public record QuorumStatus(long clock, long total, int tolerance, List<VoterWeight> voters) {

    /**
     * One voter's part.
     *
     * @param id who
     * @param weight what it weighs
     * @param acknowledged whether it acknowledged the last round while that lasted; a leader always does
     */
    public record VoterWeight(MemberId id, long weight, boolean acknowledged) {}
}
