package io.shardeddb.consensus;

import io.shardeddb.consensus.sim.Variant;
import java.util.IdentityHashMap;
import java.util.random.RandomGenerator;

/** Replicas with one rule broken. */
public final class WrongRules extends SafetyRules {
    private final Variant variant;

    /** What each voter weighed when it acknowledged last. */
    private final IdentityHashMap<Cabinet, Noted> noted = new IdentityHashMap<>();

    private static final class Noted {
        final long[] matches;
        final long[] weights;

        Noted(int size) {
            matches = new long[size];
            weights = new long[size];
        }
    }

    private WrongRules(Variant variant) {
        this.variant = variant;
    }

    /** A replica that obeys all rules but the variant's. */
    public static Replica replica(
            Variant variant,
            GroupId group,
            MemberId self,
            Settings settings,
            Recovered recovered,
            LogView log,
            RandomGenerator random,
            long now) {
        SafetyRules rules = variant == Variant.SOUND ? SafetyRules.SOUND : new WrongRules(variant);
        return new Replica(group, self, settings, recovered, log, random, now, rules);
    }

    /** The settled form of a joint configuration. */
    public static Configuration settled(Configuration joint) {
        return joint.settled();
    }

    private boolean is(Variant wrong) {
        return variant == wrong;
    }

    @Override
    int commitQuorum(VoterSet voters) {
        return is(Variant.ONE_COMMITS_OF_TWO) && voters.size() == 2 ? 1 : voters.commitQuorum();
    }

    @Override
    int electionQuorum(VoterSet voters) {
        return is(Variant.MAJORITY_ELECTION_WITH_FEWER_COMMITS) ? voters.size() / 2 + 1 : voters.electionQuorum();
    }

    @Override
    WeightScheme weights(VoterSet voters) {
        return is(Variant.MIXED_WEIGHT_CLOCKS)
                ? WeightScheme.steepest(voters.size(), voters.faultTolerance())
                : super.weights(voters);
    }

    @Override
    boolean givesWeightsOutAnew() {
        return !is(Variant.WEIGHTS_CHANGED_WITHOUT_CLOCK);
    }

    @Override
    long committed(Cabinet cabinet, long[] matches) {
        if (!is(Variant.MIXED_WEIGHT_CLOCKS)) {
            return super.committed(cabinet, matches);
        }
        Noted then = noted.computeIfAbsent(
                cabinet, fresh -> new Noted(cabinet.scheme().size()));
        for (int position = 0; position < then.weights.length; position++) {
            if (matches[position] > then.matches[position]) {
                then.matches[position] = matches[position];
                then.weights[position] = cabinet.weight(position);
            }
        }
        return Cabinet.committed(cabinet.scheme(), then.weights, matches);
    }

    @Override
    long jointly(long incoming, long outgoing) {
        return is(Variant.JOINT_WITH_ONE_HALF) ? incoming : Math.min(incoming, outgoing);
    }

    @Override
    boolean jointly(boolean incoming, boolean outgoing) {
        return is(Variant.JOINT_WITH_ONE_HALF) ? incoming : incoming && outgoing;
    }

    @Override
    boolean brokenConnectionEndsLoyalty(Settings settings) {
        return is(Variant.BROKEN_CONNECTION_ENDS_LEASE) || super.brokenConnectionEndsLoyalty(settings);
    }

    @Override
    boolean upToDate(long candidateTerm, long candidateIndex, long ownTerm, long ownIndex) {
        return is(Variant.VOTE_WITHOUT_UP_TO_DATE_CHECK)
                || super.upToDate(candidateTerm, candidateIndex, ownTerm, ownIndex);
    }

    @Override
    long ownMatch(long durableIndex, long lastIndex) {
        return is(Variant.LEADER_COUNTS_ITSELF_BEFORE_FORCE) ? lastIndex : durableIndex;
    }

    @Override
    boolean acknowledgesOnlyWhenDurable() {
        return !is(Variant.ACKNOWLEDGE_BEFORE_DURABLE);
    }

    @Override
    boolean commitsOnlyOwnTerm() {
        return !is(Variant.COMMIT_OF_EARLIER_TERM);
    }

    @Override
    boolean countsOnlyVoters() {
        return !is(Variant.LEARNER_COUNTED);
    }

    @Override
    boolean inForceWhenAppended() {
        return !is(Variant.CONFIGURATION_IN_FORCE_WHEN_COMMITTED);
    }

    @Override
    boolean rollsConfigurationBack() {
        return !is(Variant.NO_CONFIGURATION_ROLLBACK);
    }

    @Override
    boolean guardsByConfigurationIndex() {
        return !is(Variant.MEMBERSHIP_GUARDED_BY_TERM);
    }

    @Override
    long voteHoldOff(Settings settings) {
        return is(Variant.NO_VOTE_HOLD_OFF_AFTER_RESTART) ? 0 : super.voteHoldOff(settings);
    }

    @Override
    long loyalty(Settings settings) {
        return is(Variant.NO_LOYALTY_TO_LEADER) ? 0 : super.loyalty(settings);
    }

    @Override
    long leaseStart(long roundSentAt, long acknowledgementReceivedAt) {
        return is(Variant.LEASE_FROM_RECEIVE_TIME) ? acknowledgementReceivedAt : roundSentAt;
    }

    @Override
    long leaseClock(long now, long lastTick) {
        return is(Variant.LEASE_IN_TICKS) ? lastTick : now;
    }

    @Override
    boolean givesLeaseUpBeforeTransfer() {
        return !is(Variant.LEASE_KEPT_AFTER_TRANSFER);
    }

    @Override
    boolean readsOnlyAfterOwnCommit() {
        return !is(Variant.READ_BEFORE_OWN_COMMIT);
    }

    @Override
    boolean confirmsReadsByRound() {
        return !is(Variant.READ_WITHOUT_ROUND);
    }

    @Override
    boolean appliesOnlyDurable() {
        return !is(Variant.APPLY_BEFORE_DURABLE);
    }

    @Override
    boolean votesOnlyWhenDurable() {
        return !is(Variant.VOTE_BEFORE_DURABLE);
    }
}
