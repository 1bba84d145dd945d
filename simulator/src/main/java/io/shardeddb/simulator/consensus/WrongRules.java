package io.shardeddb.simulator.consensus;

import io.shardeddb.consensus.Cabinet;
import io.shardeddb.consensus.GroupId;
import io.shardeddb.consensus.LogView;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Recovered;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.SafetyRules;
import io.shardeddb.consensus.Settings;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.consensus.WeightScheme;
import java.util.IdentityHashMap;
import java.util.random.RandomGenerator;

/** Replicas with one rule broken. */
final class WrongRules extends SafetyRules {
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
    static Replica replica(
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

    private boolean is(Variant wrong) {
        return variant == wrong;
    }

    @Override
    public int commitQuorum(VoterSet voters) {
        return is(Variant.ONE_COMMITS_OF_TWO) && voters.size() == 2 ? 1 : voters.commitQuorum();
    }

    @Override
    public int electionQuorum(VoterSet voters) {
        return is(Variant.MAJORITY_ELECTION_WITH_FEWER_COMMITS) ? voters.size() / 2 + 1 : voters.electionQuorum();
    }

    @Override
    public WeightScheme weights(VoterSet voters) {
        return is(Variant.MIXED_WEIGHT_CLOCKS)
                ? WeightScheme.steepest(voters.size(), voters.faultTolerance())
                : super.weights(voters);
    }

    @Override
    public boolean givesWeightsOutAnew() {
        return !is(Variant.WEIGHTS_CHANGED_WITHOUT_CLOCK);
    }

    @Override
    public long committed(Cabinet cabinet, long[] matches) {
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
    public long jointly(long incoming, long outgoing) {
        return is(Variant.JOINT_WITH_ONE_HALF) ? incoming : Math.min(incoming, outgoing);
    }

    @Override
    public boolean jointly(boolean incoming, boolean outgoing) {
        return is(Variant.JOINT_WITH_ONE_HALF) ? incoming : incoming && outgoing;
    }

    @Override
    public boolean brokenConnectionEndsLoyalty(Settings settings) {
        return is(Variant.BROKEN_CONNECTION_ENDS_LEASE) || super.brokenConnectionEndsLoyalty(settings);
    }

    @Override
    public boolean upToDate(long candidateTerm, long candidateIndex, long ownTerm, long ownIndex) {
        return is(Variant.VOTE_WITHOUT_UP_TO_DATE_CHECK)
                || super.upToDate(candidateTerm, candidateIndex, ownTerm, ownIndex);
    }

    @Override
    public long ownMatch(long durableIndex, long lastIndex) {
        return is(Variant.LEADER_COUNTS_ITSELF_BEFORE_FORCE) ? lastIndex : durableIndex;
    }

    @Override
    public boolean acknowledgesOnlyWhenDurable() {
        return !is(Variant.ACKNOWLEDGE_BEFORE_DURABLE);
    }

    @Override
    public boolean commitsOnlyOwnTerm() {
        return !is(Variant.COMMIT_OF_EARLIER_TERM);
    }

    @Override
    public boolean countsOnlyVoters() {
        return !is(Variant.LEARNER_COUNTED);
    }

    @Override
    public boolean inForceWhenAppended() {
        return !is(Variant.CONFIGURATION_IN_FORCE_WHEN_COMMITTED);
    }

    @Override
    public boolean rollsConfigurationBack() {
        return !is(Variant.NO_CONFIGURATION_ROLLBACK);
    }

    @Override
    public boolean guardsByConfigurationIndex() {
        return !is(Variant.MEMBERSHIP_GUARDED_BY_TERM);
    }

    @Override
    public long voteHoldOff(Settings settings) {
        return is(Variant.NO_VOTE_HOLD_OFF_AFTER_RESTART) ? 0 : super.voteHoldOff(settings);
    }

    @Override
    public long loyalty(Settings settings) {
        return is(Variant.NO_LOYALTY_TO_LEADER) ? 0 : super.loyalty(settings);
    }

    @Override
    public long leaseStart(long roundSentAt, long acknowledgementReceivedAt) {
        return is(Variant.LEASE_FROM_RECEIVE_TIME) ? acknowledgementReceivedAt : roundSentAt;
    }

    @Override
    public long leaseClock(long now, long lastTick) {
        return is(Variant.LEASE_IN_TICKS) ? lastTick : now;
    }

    @Override
    public boolean givesLeaseUpBeforeTransfer() {
        return !is(Variant.LEASE_KEPT_AFTER_TRANSFER);
    }

    @Override
    public boolean readsOnlyAfterOwnCommit() {
        return !is(Variant.READ_BEFORE_OWN_COMMIT);
    }

    @Override
    public boolean confirmsReadsByRound() {
        return !is(Variant.READ_WITHOUT_ROUND);
    }

    @Override
    public boolean appliesOnlyDurable() {
        return !is(Variant.APPLY_BEFORE_DURABLE);
    }

    @Override
    public boolean votesOnlyWhenDurable() {
        return !is(Variant.VOTE_BEFORE_DURABLE);
    }
}
