package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.ShardStep.Await;
import io.shardeddb.operator.plan.ShardStep.ChangeMembership;
import io.shardeddb.operator.plan.ShardStep.MoveLeader;
import io.shardeddb.operator.plan.ShardStep.Withhold;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The next membership change of a group that has a leader, at most one.
 *
 * <p>A lost member is replaced by one swap (the old id out, the new id in), never by removing first: so the group never
 * has fewer copies than before. Nothing is changed while the live voters make no commit and election quorum.
 */
final class MembershipPlan {

    /** A learner this few entries behind may be promoted; the leader itself checks exactly. */
    private static final long CAUGHT_UP_LAG = 1000;

    private final ShardView shard;
    private final Observed.Leader leader;
    private final GroupConfiguration current;

    private MembershipPlan(ShardView shard, Observed.Leader leader) {
        this.shard = shard;
        this.leader = leader;
        this.current = leader.status().getConfiguration();
    }

    static Optional<ShardStep> next(ShardView shard, Observed.Leader leader) {
        return new MembershipPlan(shard, leader).next();
    }

    private Optional<ShardStep> next() {
        List<GroupMember> learners = learnersWanted();
        List<GroupMember> ready =
                learners.stream().filter(this::listed).filter(this::caughtUp).toList();
        boolean allReady = ready.size() == learners.size();
        if (!sameMembers(learners, current.getLearnersList()) && !(allReady && !ready.isEmpty())) {
            return Optional.of(change(current.getVotersList(), learners, "learners " + servers(learners)));
        }
        List<GroupMember> voters = votersAfter(ready);
        List<GroupMember> stillLearning =
                learners.stream().filter(learner -> !ready.contains(learner)).toList();
        int tolerance = Quorum.effective(voters.size(), wantedTolerance());
        boolean replaces = !ready.isEmpty() && somebodyLeaves();
        // A group of one does not wait with its second copy for a third that makes no progress.
        boolean alone = current.getVotersCount() == 1 && stillLearning.stream().noneMatch(this::goesOn);
        if (!ready.isEmpty() && !allReady && !replaces && !alone) {
            return Optional.of(awaitCopies(stillLearning));
        }
        if (sameMembers(voters, current.getVotersList()) && tolerance == current.getFaultTolerance()) {
            return stillLearning.isEmpty() ? Optional.empty() : Optional.of(awaitCopies(stillLearning));
        }
        return Optional.of(guarded(voters, stillLearning));
    }

    /** Standing members on wanted servers that do not vote yet. */
    private List<GroupMember> learnersWanted() {
        List<GroupMember> learners = new ArrayList<>();
        for (ShardReplicaSpec member : shard.standing()) {
            GroupMember candidate = asMember(member);
            if (!contains(current.getVotersList(), candidate.getMember())) {
                learners.add(candidate);
            }
        }
        return learners;
    }

    private boolean listed(GroupMember learner) {
        return contains(current.getLearnersList(), learner.getMember());
    }

    private boolean caughtUp(GroupMember learner) {
        Optional<ReplicaStatus> replica = shard.observed().replica(learner.getServer(), shard.group());
        if (replica.isEmpty() || replica.get().getState() != ReplicaState.HEALTHY) {
            return false;
        }
        return CaughtUp.appliedWithin(CAUGHT_UP_LAG, replica.get(), leader.status())
                && leader.status().getProgressList().stream()
                        .filter(progress -> progress.getMember().equals(learner.getMember()))
                        .anyMatch(progress -> CaughtUp.within(CAUGHT_UP_LAG, progress));
    }

    /** Whether a learner can be expected to catch up without anybody's doing. */
    private boolean goesOn(GroupMember learner) {
        ServerStatus server = shard.observed().servers().get(learner.getServer());
        return server != null
                && server.getMysqlReachable()
                && shard.observed()
                        .replica(learner.getServer(), shard.group())
                        .filter(replica -> replica.getState() != ReplicaState.STALLED)
                        .isPresent();
    }

    /** The voters once the ready learners vote: each takes the place of a lost or unwanted one, where there is one. */
    private List<GroupMember> votersAfter(List<GroupMember> ready) {
        List<GroupMember> voters = new ArrayList<>(current.getVotersList());
        voters.addAll(ready);
        long kept = voters.stream().filter(this::keeps).count();
        int size = Math.max(shard.spec().servers().size(), 1);
        List<GroupMember> leaving = voters.stream()
                .filter(voter -> !keeps(voter))
                .sorted(Comparator.comparingInt(voter -> lost(voter) ? 0 : 1))
                .toList();
        for (GroupMember voter : leaving) {
            // One leaves for each one that came; the rest leave once all wanted members vote.
            boolean replaced = voters.size() > Math.max(current.getVotersCount(), 1) || kept >= size;
            if (replaced && voters.size() > 1) {
                voters.remove(voter);
            }
        }
        return voters;
    }

    private boolean keeps(GroupMember voter) {
        return shard.wanted(voter.getServer()) && !lost(voter);
    }

    private boolean lost(GroupMember voter) {
        return shard.member(voter.getMember())
                .map(member -> shard.fate(member) == ShardView.Fate.LOST)
                .orElse(true);
    }

    private boolean somebodyLeaves() {
        return current.getVotersList().stream().anyMatch(voter -> lost(voter) || !shard.wanted(voter.getServer()));
    }

    private ShardStep guarded(List<GroupMember> voters, List<GroupMember> learners) {
        int needed = Math.max(
                Quorum.commit(current.getVotersCount(), current.getFaultTolerance()),
                Quorum.election(current.getVotersCount(), current.getFaultTolerance()));
        long live = live(current.getVotersList());
        if (live < needed) {
            return new Withhold(
                    Reason.QuorumLost,
                    "only " + live + " of " + current.getVotersCount() + " voters are live, " + needed
                            + " are needed to change the membership");
        }
        int tolerance = Quorum.effective(voters.size(), wantedTolerance());
        int neededAfter = Math.max(Quorum.commit(voters.size(), tolerance), Quorum.election(voters.size(), tolerance));
        if (live(voters) < neededAfter) {
            return new Withhold(
                    Reason.WouldLoseQuorum,
                    "only " + live(voters) + " of the " + voters.size() + " voters asked for are live, " + neededAfter
                            + " are needed");
        }
        Uid self = leader.status().getMember();
        if (!contains(voters, self)) {
            // Where nobody takes it over, the leader goes with the change itself, and the others elect.
            return voters.stream()
                    .filter(voter -> contains(current.getVotersList(), voter.getMember()))
                    .filter(voter -> ShardPlan.mayLead(shard, leader, voter))
                    .<ShardStep>map(voter -> new MoveLeader(
                            leader.server(), voter.getMember(), leader.server() + " is to leave the shard"))
                    .filter(move -> !shard.failed().containsKey(move))
                    .findFirst()
                    .orElseGet(() -> change(voters, learners, "voters " + servers(voters)));
        }
        return change(voters, learners, "voters " + servers(voters));
    }

    private long live(List<GroupMember> members) {
        return members.stream().filter(this::isLive).count();
    }

    /** Whether a member answers and its leader counts it. */
    private boolean isLive(GroupMember member) {
        boolean discounted = leader.status().getProgressList().stream()
                .anyMatch(progress -> progress.getMember().equals(member.getMember()) && progress.getQuarantined());
        return !discounted
                && shard.observed()
                        .replica(member.getServer(), shard.group())
                        .filter(replica -> replica.getMember().equals(member.getMember()))
                        .filter(replica -> !shard.isDamaged(replica))
                        .isPresent();
    }

    private ChangeMembership change(List<GroupMember> voters, List<GroupMember> learners, String why) {
        GroupConfiguration target = GroupConfiguration.newBuilder()
                .addAllVoters(voters)
                .addAllLearners(learners)
                .setFaultTolerance(Quorum.effective(voters.size(), wantedTolerance()))
                .build();
        return new ChangeMembership(leader.server(), leader.status().getConfigurationIndex(), target, why);
    }

    private Await awaitCopies(List<GroupMember> learners) {
        return new Await(Reason.CopyingShard, "members on " + servers(learners) + " are catching up");
    }

    private int wantedTolerance() {
        return Objects.requireNonNullElse(shard.spec().faultTolerance(), 0);
    }

    private static GroupMember asMember(ShardReplicaSpec member) {
        return GroupMember.newBuilder()
                .setMember(Uids.parse(Objects.requireNonNull(member.memberId())))
                .setAddress(member.address())
                .setServer(member.server())
                .build();
    }

    private static boolean contains(List<GroupMember> members, Uid id) {
        return members.stream().anyMatch(member -> member.getMember().equals(id));
    }

    private static boolean sameMembers(List<GroupMember> left, List<GroupMember> right) {
        return left.size() == right.size() && left.stream().allMatch(member -> contains(right, member.getMember()));
    }

    private static String servers(List<GroupMember> members) {
        return members.stream().map(GroupMember::getServer).toList().toString();
    }
}
