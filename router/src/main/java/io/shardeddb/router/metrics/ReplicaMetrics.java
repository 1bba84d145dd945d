package io.shardeddb.router.metrics;

import io.shardeddb.protocol.leader.LeaderScore;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One server in figures. Pure.
 *
 * @param look what it answered
 * @param latencyMillis mean round trip of appends to its replicas, as their leaders measured it; how long this answer
 *     took where no leader knows
 * @param lag the most committed entries that one of its replicas has not applied
 * @param healthy whether it answered, its database does, and each of its replicas keeps up
 */
public record ReplicaMetrics(ServerLook look, double latencyMillis, long lag, boolean healthy) {

    /** All servers in figures; what leaders say of each other's members is put together. */
    public static List<ReplicaMetrics> of(List<ServerLook> looks) {
        Map<Uid, Long> committed = new HashMap<>();
        Map<Uid, Double> roundTrips = new HashMap<>();
        for (ServerLook look : looks) {
            ServerStatus status = look.status();
            if (status == null) {
                continue;
            }
            for (ReplicaStatus replica : status.getReplicasList()) {
                committed.merge(replica.getGroup(), replica.getCommitIndex(), Math::max);
                if (replica.getRole() == ReplicaRole.LEADER) {
                    for (MemberProgress member : replica.getProgressList()) {
                        roundTrips.put(member.getMember(), member.getRoundTripMicros() / 1e3);
                    }
                }
            }
        }
        return looks.stream().map(look -> of(look, committed, roundTrips)).toList();
    }

    private static ReplicaMetrics of(ServerLook look, Map<Uid, Long> committed, Map<Uid, Double> roundTrips) {
        ServerStatus status = look.status();
        if (status == null) {
            return new ReplicaMetrics(look, 0, 0, false);
        }
        double sum = 0;
        int count = 0;
        long lag = 0;
        boolean healthy = status.getMysqlReachable();
        for (ReplicaStatus replica : status.getReplicasList()) {
            Double roundTrip = roundTrips.get(replica.getMember());
            if (roundTrip != null && roundTrip > 0 && replica.getRole() != ReplicaRole.LEADER) {
                sum += roundTrip;
                count++;
            }
            lag = Math.max(lag, committed.getOrDefault(replica.getGroup(), 0L) - replica.getAppliedIndex());
            healthy &= replica.getState() == ReplicaState.HEALTHY;
        }
        return new ReplicaMetrics(look, count == 0 ? look.answerMillis() : sum / count, lag, healthy);
    }

    /** The server's name. */
    public String server() {
        return look.server();
    }

    /** How long its process has been running. */
    public double uptimeSeconds() {
        ServerStatus status = look.status();
        return status == null ? 0 : status.getUptimeMillis() / 1e3;
    }

    /** How often its process was started again. */
    public long restarts() {
        ServerStatus status = look.status();
        return status == null ? 0 : Math.max(0, status.getBootCounter() - 1);
    }

    /** How good a leader it would be. */
    public double score() {
        return LeaderScore.of(
                new LeaderScore.Candidate(latencyMillis, uptimeSeconds(), restarts(), Math.max(0, lag), healthy));
    }
}
