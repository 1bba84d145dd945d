package io.shardeddb.consensus;

import java.util.Arrays;

/**
 * The decisions on which safety rests, each in one place. There is one production instance, {@link #SOUND}; the class
 * is open only so that the simulator can prove, by breaking one rule at a time, that it would notice.
 */
public class SafetyRules {
    /** The rules as they must be. */
    public static final SafetyRules SOUND = new SafetyRules();

    /** The rules as they must be. A subclass breaks one of them. */
    protected SafetyRules() {}

    /** Voters whose durable log equals the leader's at an index commit it when they are this many. */
    public int commitQuorum(VoterSet voters) {
        return voters.commitQuorum();
    }

    /** How many votes elect. */
    public int electionQuorum(VoterSet voters) {
        return voters.electionQuorum();
    }

    /** The weights for voters of which some may fail. */
    public WeightScheme weights(VoterSet voters) {
        return WeightScheme.of(voters.size(), voters.faultTolerance());
    }

    /** Whether a configuration, even of the same voters, begins with weights of its own. */
    public boolean givesWeightsOutAnew() {
        return true;
    }

    /**
     * The greatest index that the voters' durable logs commit by their weights: one permutation of them, over the
     * voters whose match is at least the index.
     *
     * @param matches the durable match of each voter, by position
     */
    public long committed(Cabinet cabinet, long[] matches) {
        return cabinet.committed(matches);
    }

    /**
     * The greatest index that the voters' durable logs commit where heads are counted.
     *
     * @param voters one half of a configuration
     * @param matches the durable match of each voter, by position; overwritten
     */
    public long committed(VoterSet voters, long[] matches) {
        return reachedBy(commitQuorum(voters), matches, voters.size());
    }

    /**
     * The greatest round, or time, that a commit quorum has acknowledged. Leases and reads count heads even where
     * commits count weights.
     */
    public long confirmed(VoterSet voters, long[] acknowledged) {
        return reachedBy(commitQuorum(voters), acknowledged, voters.size());
    }

    /** What both halves of a joint configuration have reached. */
    public long jointly(long incoming, long outgoing) {
        return Math.min(incoming, outgoing);
    }

    /** Whether both halves of a joint configuration agree. */
    public boolean jointly(boolean incoming, boolean outgoing) {
        return incoming && outgoing;
    }

    /** Whether a candidate's log has everything that can be committed (Raft, section 5.4.1). */
    public boolean upToDate(long candidateTerm, long candidateIndex, long ownTerm, long ownIndex) {
        return candidateTerm > ownTerm || (candidateTerm == ownTerm && candidateIndex >= ownIndex);
    }

    /** Up to where a leader counts itself: what its own force has returned for. */
    public long ownMatch(long durableIndex, long lastIndex) {
        return durableIndex;
    }

    /** Whether an acknowledgement must wait until what it acknowledges is durable. */
    public boolean acknowledgesOnlyWhenDurable() {
        return true;
    }

    /** Whether a broken connection to the leader may end the loyalty to it: not where a lease rests on that. */
    public boolean brokenConnectionEndsLoyalty(Settings settings) {
        return !settings.leaderLease();
    }

    /** Whether a leader commits by counting only entries of its own term (Raft, figure 8). */
    public boolean commitsOnlyOwnTerm() {
        return true;
    }

    /** Whether learners are left out of every count. */
    public boolean countsOnlyVoters() {
        return true;
    }

    /** Whether a configuration is in force from its append on, not only from its commit. */
    public boolean inForceWhenAppended() {
        return true;
    }

    /** Whether removing a configuration's entry brings the earlier one back. */
    public boolean rollsConfigurationBack() {
        return true;
    }

    /** Whether a change must name the committed configuration that it was decided on. */
    public boolean guardsByConfigurationIndex() {
        return true;
    }

    /** For how long after its start a voter grants nothing, in nanoseconds. */
    public long voteHoldOff(Settings settings) {
        return settings.electionTimeout();
    }

    /** For how long after contact with a leader a voter grants nothing, in nanoseconds. */
    public long loyalty(Settings settings) {
        return settings.electionTimeout();
    }

    /** When a lease began that an acknowledgement confirms. */
    public long leaseStart(long roundSentAt, long acknowledgementReceivedAt) {
        return roundSentAt;
    }

    /** The time against which a lease is checked. */
    public long leaseClock(long now, long lastTick) {
        return now;
    }

    /** Whether a leader that wants to hand over gives its lease up first. */
    public boolean givesLeaseUpBeforeTransfer() {
        return true;
    }

    /** Whether strong reads wait until an entry of the leader's own term is committed. */
    public boolean readsOnlyAfterOwnCommit() {
        return true;
    }

    /** Whether a strong read needs an acknowledged round that was sent after it was asked. */
    public boolean confirmsReadsByRound() {
        return true;
    }

    /** Whether who was found to be no good stays so under the next leader. */
    public boolean remembersUnfit() {
        return true;
    }

    /** Whether only what is durable here is handed to the state machine. */
    public boolean appliesOnlyDurable() {
        return true;
    }

    /** Whether a vote is durable before it is sent. */
    public boolean votesOnlyWhenDurable() {
        return true;
    }

    private static long reachedBy(int quorum, long[] values, int size) {
        if (size == 0) {
            return Long.MIN_VALUE;
        }
        Arrays.sort(values, 0, size);
        return values[size - quorum];
    }
}
