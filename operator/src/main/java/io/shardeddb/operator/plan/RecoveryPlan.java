package io.shardeddb.operator.plan;

import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.operator.plan.ShardStep.Recover;
import io.shardeddb.operator.plan.ShardStep.Withhold;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a shard that lost its quorum goes on from one survivor, because a person asked for it. A request names the
 * member and where its log ends, as that person saw it; it is carried out only while
 *
 * <ul>
 *   <li>every other voter is lost for good: its server answers and does not have it, so its id can never come back, or
 *   <li>answers itself and has less in its log, and the answering voters make no quorum.
 * </ul>
 *
 * <p>A voter that is merely silent may come back with writes that were acknowledged: it is waited for, no matter who
 * asks.
 */
final class RecoveryPlan {

    private final ShardView shard;
    private final RecoveryRequest request;

    private RecoveryPlan(ShardView shard, RecoveryRequest request) {
        this.shard = shard;
        this.request = request;
    }

    /** The step for a shard without a leader; absent when nobody asked. */
    static Optional<ShardStep> next(ShardView shard) {
        String asked = shard.recoverFrom();
        if (asked == null) {
            return Optional.empty();
        }
        return Optional.of(RecoveryRequest.parse(asked)
                .map(request -> new RecoveryPlan(shard, request).next())
                .orElseGet(() -> new Withhold(
                        Reason.RecoveryRefused,
                        "the request '" + asked + "' is not of the form SERVER/MEMBER/TERM/INDEX")));
    }

    private ShardStep next() {
        Optional<ReplicaStatus> found = shard.observed()
                .replica(request.server(), shard.group())
                .filter(replica -> Uids.format(replica.getMember()).equals(request.member()));
        if (found.isEmpty()) {
            return refused("server " + request.server() + " has no member " + request.member());
        }
        ReplicaStatus survivor = found.get();
        if (survivor.getState() == ReplicaState.QUARANTINED) {
            return refused("its copy is quarantined, and what is wrong is in what it has stored: "
                    + survivor.getReason() + ". Name another copy");
        }
        if (survivor.getLastTerm() != request.lastTerm() || survivor.getLastIndex() != request.lastIndex()) {
            return refused("the log of " + request.server() + " ends at " + RecoveryRequest.logEnd(survivor)
                    + " and not where it did when this was asked for");
        }
        List<String> lost = new ArrayList<>();
        int live = 1;
        for (GroupMember voter : others(survivor)) {
            ShardView.Fate fate = fate(voter);
            if (fate == ShardView.Fate.SILENT) {
                return refused(
                        "server " + voter.getServer() + " does not answer and may come back with what it has; if its"
                                + " volume is gone for good, delete its pod and its claim");
            }
            if (fate == ShardView.Fate.LOST) {
                lost.add(voter.getServer());
                continue;
            }
            live++;
            ReplicaStatus other =
                    shard.observed().replica(voter.getServer(), shard.group()).orElseThrow();
            if (isLonger(other, survivor)) {
                return refused(
                        "server " + voter.getServer() + " has more: its log ends at " + RecoveryRequest.logEnd(other));
            }
        }
        GroupConfiguration configuration = survivor.getConfiguration();
        int needed = Quorum.election(configuration.getVotersCount(), configuration.getFaultTolerance());
        if (lost.isEmpty() || live >= needed) {
            return refused(
                    "enough members answer to elect a leader: " + live + " of " + configuration.getVotersCount());
        }
        lost.sort(null);
        return new Recover(request, survivor.getMember(), lost);
    }

    private Withhold refused(String why) {
        return new Withhold(Reason.RecoveryRefused, "not recovered from " + request.server() + ": " + why);
    }

    /** All voters but the survivor, in both halves. */
    private static List<GroupMember> others(ReplicaStatus survivor) {
        Map<Uid, GroupMember> others = new LinkedHashMap<>();
        survivor.getConfiguration().getVotersList().forEach(voter -> others.put(voter.getMember(), voter));
        survivor.getConfiguration().getOutgoingVotersList().forEach(voter -> others.put(voter.getMember(), voter));
        others.remove(survivor.getMember());
        return List.copyOf(others.values());
    }

    private ShardView.Fate fate(GroupMember voter) {
        return shard.fate(new ShardReplicaSpec(
                voter.getServer(), voter.getAddress(), Uids.format(voter.getMember()), null, MemberRole.Voter));
    }

    private static boolean isLonger(ReplicaStatus one, ReplicaStatus other) {
        return one.getLastTerm() > other.getLastTerm()
                || (one.getLastTerm() == other.getLastTerm() && one.getLastIndex() > other.getLastIndex());
    }
}
