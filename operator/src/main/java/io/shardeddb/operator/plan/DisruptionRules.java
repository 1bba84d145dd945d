package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.wire.GroupConfiguration;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one place that says whether a pod or a volume may be taken down. */
public final class DisruptionRules {

    private DisruptionRules() {}

    /**
     * Whether a server's pod may be stopped for a while: every shard must keep its commit and election quorum without
     * it. A copy that is stalled votes and keeps the log, but serves nobody: where one stops, others that are stalled
     * count as well.
     *
     * @param groups the database's groups by shard name
     * @return absent when it may
     */
    public static @Nullable Refusal mayStop(String server, Map<String, Uid> groups, Observed observed) {
        for (Map.Entry<String, Uid> shard : groups.entrySet()) {
            Observed.Leader leader = observed.leader(shard.getValue());
            if (leader == null) {
                return refusal(server, Reason.QuorumLost, "shard " + shard.getKey() + " has no leader now");
            }
            GroupConfiguration configuration = leader.status().getConfiguration();
            boolean stalls = isStalled(server, shard.getValue(), observed);
            boolean votes = configuration.getVotersList().stream()
                    .anyMatch(voter -> voter.getServer().equals(server));
            if (!votes) {
                continue;
            }
            if (leader.status().getChangeInProgress()) {
                return refusal(
                        server, Reason.WouldLoseQuorum, "shard " + shard.getKey() + " is changing its membership");
            }
            int voters = configuration.getVotersCount();
            int needed = Math.max(
                    Quorum.commit(voters, configuration.getFaultTolerance()),
                    Quorum.election(voters, configuration.getFaultTolerance()));
            long left = configuration.getVotersList().stream()
                    .filter(voter -> !voter.getServer().equals(server))
                    .filter(voter -> is(ReplicaState.HEALTHY, voter, shard.getValue(), observed)
                            || (stalls && is(ReplicaState.STALLED, voter, shard.getValue(), observed)))
                    .filter(voter -> counted(voter, leader.status()))
                    .count();
            if (left < needed && voters > 1) {
                return refusal(
                        server,
                        Reason.WouldLoseQuorum,
                        "shard " + shard.getKey() + " would have " + left + " healthy voters and needs " + needed);
            }
        }
        return null;
    }

    /**
     * Whether a server and its volume may go for good: no recorded member and no committed membership may name it, and
     * it must hold no replica.
     *
     * @param placed per shard, servers that hold or should hold it
     */
    public static @Nullable Refusal mayRemove(
            String server, Map<String, List<String>> placed, Map<String, Uid> groups, Observed observed) {
        for (Map.Entry<String, List<String>> shard : placed.entrySet()) {
            if (shard.getValue().contains(server)) {
                return refusal(server, Reason.DrainingServer, "shard " + shard.getKey() + " is still on it");
            }
        }
        for (Map.Entry<String, Uid> shard : groups.entrySet()) {
            Observed.Leader leader = observed.leader(shard.getValue());
            if (leader == null) {
                return refusal(
                        server,
                        Reason.QuorumLost,
                        "shard " + shard.getKey() + " has no leader that could confirm its membership");
            }
            GroupConfiguration configuration = leader.status().getConfiguration();
            if (names(configuration.getVotersList(), server)
                    || names(configuration.getLearnersList(), server)
                    || names(configuration.getOutgoingVotersList(), server)) {
                return refusal(
                        server, Reason.LastCopy, "the membership of shard " + shard.getKey() + " still names it");
            }
        }
        return null;
    }

    private static Refusal refusal(String server, Reason reason, String message) {
        return new Refusal("server " + server, reason, message);
    }

    private static boolean names(List<GroupMember> members, String server) {
        return members.stream().anyMatch(member -> member.getServer().equals(server));
    }

    /** Whether the leader counts a voter: one that it found damaged takes no part, whatever it says of itself. */
    private static boolean counted(GroupMember voter, ReplicaStatus leader) {
        return !leader.getConfiguration().getUnfitList().contains(voter.getMember())
                && leader.getProgressList().stream()
                        .noneMatch(progress ->
                                progress.getMember().equals(voter.getMember()) && progress.getQuarantined());
    }

    /** Whether a server has a copy that is stalled: a restart may repair it, and takes nothing from anybody. */
    public static boolean hasStalled(String server, Map<String, Uid> groups, Observed observed) {
        return groups.values().stream().anyMatch(group -> isStalled(server, group, observed));
    }

    private static boolean isStalled(String server, Uid group, Observed observed) {
        return observed.replica(server, group)
                .filter(replica -> replica.getState() == ReplicaState.STALLED)
                .isPresent();
    }

    private static boolean is(ReplicaState state, GroupMember voter, Uid group, Observed observed) {
        return observed.replica(voter.getServer(), group)
                .filter(replica -> replica.getMember().equals(voter.getMember()))
                .filter(replica -> replica.getState() == state)
                .isPresent();
    }
}
