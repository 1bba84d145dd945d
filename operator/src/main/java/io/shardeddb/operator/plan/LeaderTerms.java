package io.shardeddb.operator.plan;

import io.shardeddb.operator.observe.Observed;
import io.shardeddb.protocol.leader.LeaderScore;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the servers say of their leaders' delays, for {@link LeaderChoice}. The leaders measure the time from proposing
 * an entry to its commit, and how long writes wait there before they are seen. If a leader commits nothing, the delay
 * is estimated from its heartbeats and its log. Pure.
 */
public final class LeaderTerms {
    /**
     * A leader whose own process uses so much of all processors is late because of what it does, and another one would
     * be too.
     */
    private static final double OVERLOADED = 0.75;

    private LeaderTerms() {}

    /** One for each shard whose leader answered. */
    public static List<LeaderChoice.Term> of(
            List<LeaderBalance.Led> shards, Map<String, Uid> groups, Observed observed) {
        List<LeaderChoice.Term> terms = new ArrayList<>();
        for (LeaderBalance.Led led : shards) {
            Uid group = groups.get(led.shard());
            Observed.Leader leader = group == null ? null : observed.leader(group);
            if (group != null && leader != null && leader.server().equals(led.leader())) {
                terms.add(term(led, group, leader.status(), observed));
            }
        }
        return terms;
    }

    private static LeaderChoice.Term term(LeaderBalance.Led led, Uid group, ReplicaStatus leader, Observed observed) {
        Map<String, Double> roundTrips = roundTrips(led, leader);
        List<Double> sorted = roundTrips.values().stream().sorted().toList();
        int others = commitQuorum(leader) - 1;
        boolean known = !sorted.isEmpty() && sorted.size() >= others;
        // What a follower is late itself is its own part. What all have in common besides is the leader's.
        roundTrips.replaceAll((server, millis) ->
                Math.max(0, millis - lateness(observed.servers().get(server))));
        double own = roundTrips.values().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(0);
        Map<String, LeaderScore.Candidate> candidates = new HashMap<>();
        Map<String, DelayModel.Features> features = new HashMap<>();
        ServerStatus leading = observed.servers().get(led.leader());
        if (leading != null) {
            features.put(led.leader(), features(leading, leading.getCpu(), own, lateness(leading)));
        }
        led.followers().forEach((server, member) -> {
            ServerStatus status = observed.servers().get(server);
            if (status != null) {
                long applied = observed.replica(server, group)
                        .map(ReplicaStatus::getAppliedIndex)
                        .orElse(0L);
                double excess = roundTrips.getOrDefault(server, own) - own;
                // Leading costs processor time: who takes over has as much to do as the leader has now, and is as late
                // when it is this work that makes the leader late.
                double busy = leading == null ? status.getCpu() : Math.max(status.getCpu(), leading.getCpu());
                double late = leading != null && leading.getCpu() >= OVERLOADED
                        ? Math.max(lateness(status), lateness(leading))
                        : lateness(status);
                features.put(server, features(status, busy, excess, late));
                candidates.put(
                        server,
                        new LeaderScore.Candidate(
                                excess,
                                status.getUptimeMillis() / 1e3,
                                Math.max(0, status.getBootCounter() - 1),
                                Math.max(0, leader.getCommitIndex() - applied),
                                status.getMysqlReachable()
                                        && status.getReadOnlyReason().isEmpty()));
            }
        });
        boolean measured = leader.getCommit().getCount() > 0;
        double delay = measured
                ? leader.getCommit().getAverageMicros() / 1e3 + lateness(leading)
                : known ? Math.max(force(leading), others == 0 ? 0 : sorted.get(others - 1)) : -1;
        return new LeaderChoice.Term(
                led, delay, measured, candidates, features, Duration.ofMillis(leader.getLeadsForMillis()));
    }

    /** Round trips of heartbeats in milliseconds, as far as known, by follower. */
    private static Map<String, Double> roundTrips(LeaderBalance.Led led, ReplicaStatus leader) {
        Map<Uid, Double> known = new HashMap<>();
        for (MemberProgress member : leader.getProgressList()) {
            if (member.getHeartbeats().getCount() > 0) {
                known.put(member.getMember(), member.getHeartbeats().getAverageMicros() / 1e3);
            }
        }
        Map<String, Double> roundTrips = new HashMap<>();
        led.followers().forEach((server, member) -> {
            Double millis = known.get(member);
            if (millis != null) {
                roundTrips.put(server, millis);
            }
        });
        return roundTrips;
    }

    /**
     * What requests wait at a server before it sees them: a leader without processor time is slow before it measures
     * anything.
     */
    private static double lateness(@Nullable ServerStatus server) {
        return server == null ? 0 : server.getLateness().getAverageMicros() / 1e3;
    }

    private static double force(@Nullable ServerStatus server) {
        return server == null ? 0 : server.getForce().getAverageMicros() / 1e3;
    }

    private static int commitQuorum(ReplicaStatus leader) {
        int tolerance = leader.getConfiguration().getFaultTolerance();
        return tolerance > 0 ? tolerance + 1 : leader.getConfiguration().getVotersCount() / 2 + 1;
    }

    private static DelayModel.Features features(
            ServerStatus status, double cpu, double ownRoundTripMillis, double latenessMillis) {
        return new DelayModel.Features(Math.max(0, cpu), force(status), ownRoundTripMillis, latenessMillis);
    }
}
