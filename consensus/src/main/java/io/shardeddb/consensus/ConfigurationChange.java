package io.shardeddb.consensus;

import java.util.List;

/**
 * A wanted membership, guarded by what the requester saw. Members and fault tolerance change in one atomic step; a
 * member is replaced by one change that swaps old for new.
 *
 * @param expectedConfigurationIndex the index of the committed configuration that the change was decided on. Guarding
 *     by the term would let two requesters in one term overwrite each other.
 * @param voters the wanted voters. Those who are new must be learners that have caught up.
 * @param learners the wanted learners
 */
public record ConfigurationChange(long expectedConfigurationIndex, VoterSet voters, List<Member> learners) {}
