package io.shardeddb.consensus;

import org.jspecify.annotations.Nullable;

/** Whether a leader may begin a membership change. */
final class MembershipChange {
    private MembershipChange() {}

    /** The reason against the change, or {@code null} if there is none. */
    static @Nullable Refusal whyNot(Core core, Leadership leadership, ConfigurationChange change) {
        if (!leadership.hasCommittedOwnTerm()) {
            return Refusal.TERM_NOT_COMMITTED;
        }
        Effects.CommittedConfiguration latest = core.configurations.latest();
        if (latest.index() > core.commitIndex || latest.configuration().isJoint()) {
            return Refusal.CHANGE_PENDING;
        }
        if (core.rules.guardsByConfigurationIndex() && latest.index() != change.expectedConfigurationIndex()) {
            return Refusal.CONFIGURATION_CHANGED;
        }
        Configuration current = latest.configuration();
        if (change.voters().size() == 0 || isInvalid(current, change)) {
            return Refusal.INVALID;
        }
        if (bringsBack(current, change)) {
            return Refusal.RETIRED;
        }
        return change.voters().equals(current.voters()) ? null : whyNotVote(core, leadership, change);
    }

    private static boolean isInvalid(Configuration current, ConfigurationChange change) {
        for (Member learner : change.learners()) {
            if (change.voters().contains(learner.id())) {
                return true;
            }
        }
        return new Configuration(change.voters(), null, change.learners()).hasMembersOf(current);
    }

    private static boolean bringsBack(Configuration current, ConfigurationChange change) {
        return current.retired().stream()
                .anyMatch(gone -> change.voters().contains(gone)
                        || change.learners().stream()
                                .anyMatch(learner -> learner.id().equals(gone)));
    }

    private static @Nullable Refusal whyNotVote(Core core, Leadership leadership, ConfigurationChange change) {
        Configuration current = core.configuration();
        for (Member member : change.voters().members()) {
            Peer peer = leadership.peers.get(member.id());
            if (member.id().equals(core.self) || current.voters().contains(member.id())) {
                continue;
            }
            if (peer == null) {
                return Refusal.NOT_ELIGIBLE;
            }
            if (peer.quarantined) {
                return Refusal.QUARANTINED;
            }
            if (!hasCaughtUp(core, peer) || !hasApplied(core, peer)) {
                return Refusal.NOT_CAUGHT_UP;
            }
        }
        return leadership.peers.alive(change.voters()) && leadership.peers.alive(current.voters())
                ? null
                : Refusal.NO_QUORUM;
    }

    /**
     * Whether a learner has what was committed when its promotion was first asked for. Repeating the request soon
     * continues the same attempt: under load a learner is always a little behind the present commit index.
     */
    private static boolean hasCaughtUp(Core core, Peer peer) {
        boolean goesOn =
                peer.promotionGoal > 0 && core.now - peer.promotionGoalSince < 2 * core.settings.electionTimeout();
        if (!goesOn) {
            peer.promotionGoal = core.commitIndex;
            peer.promotionGoalSince = core.now;
        }
        return peer.match >= peer.promotionGoal;
    }

    /**
     * Whether a learner's state machine, and not only its log, has what others may rely on. That is what was committed
     * when this leader was first asked for the promotion, which holds all that earlier leaders told. It is also what
     * {@link Replica#voteOnlyAfter} names. The goal stays where it is, so that a learner under load comes to it.
     */
    private static boolean hasApplied(Core core, Peer peer) {
        if (peer.appliedGoal == 0) {
            peer.appliedGoal = core.commitIndex;
        }
        return tellsNothingApplied(peer) || peer.appliedIndex >= Math.max(peer.appliedGoal, core.appliedByVoters);
    }

    /**
     * A version that tells neither what it applies nor what it refuses; its log must do. Who was not heard yet is of no
     * version.
     */
    private static boolean tellsNothingApplied(Peer peer) {
        return peer.confirmedRound != Long.MIN_VALUE && peer.appliedIndex == 0 && peer.refusedIndex == 0;
    }
}
