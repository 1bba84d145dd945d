package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.DisruptionRules;
import io.shardeddb.operator.plan.LeaderBalance;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.Uid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes servers down one at a time for a new template, leaders moved away first, and keeps leaderships spread while nothing else goes on.
 *
 * <p>The token in the database's status is taken by compare-and-set before a pod is deleted, and given back when the server is healthy
 * again: a second operator sees it, and a restarted one goes on from it.
 */
final class Rolling {

    private static final Duration BETWEEN_TRANSFERS = Duration.ofSeconds(5);

    private final ObjectWriter writer;
    private final ShardActor actor;
    private final EventLog events;
    private final InstantSource clock;
    private final Map<String, Instant> transferred = new ConcurrentHashMap<>();

    Rolling(ObjectWriter writer, ShardActor actor, EventLog events, InstantSource clock) {
        this.writer = writer;
        this.actor = actor;
        this.events = events;
        this.clock = clock;
    }

    /** Whether a server may go for good; absent when it may. */
    DisruptionRules.@Nullable Refusal mayRemove(String server, DatabaseObservation observation) {
        Map<String, List<String>> placed = new HashMap<>();
        observation.shards().forEach((name, shard) -> {
            List<String> servers = new ArrayList<>(shard.getSpec().servers());
            shard.getSpec().replicas().forEach(replica -> servers.add(replica.server()));
            placed.put(name, servers);
        });
        return DisruptionRules.mayRemove(server, placed, groups(observation), observation.servers());
    }

    /** Takes the next step of a rolling change and returns the token as it shall be recorded. */
    @Nullable
    Disruption next(
            ShardedDatabase database, DatabaseObservation observation, List<String> roster, @Nullable Disruption held)
            throws StepFailed {
        if (held != null) {
            return goOn(database, observation, held);
        }
        if (!calm(observation, roster)) {
            return null;
        }
        Optional<String> outdated = roster.stream()
                .filter(observation::outdated)
                .min(Comparator.comparingInt(server -> leads(server, observation)));
        if (outdated.isEmpty()) {
            balance(database, observation, roster);
            return null;
        }
        DisruptionRules.Refusal refusal =
                DisruptionRules.mayStop(outdated.get(), groups(observation), observation.servers());
        if (refusal != null) {
            events.warn(database, refusal.reason(), "not rolling " + outdated.get() + ": " + refusal.message());
            return null;
        }
        return new Disruption(
                outdated.get(),
                "its template changed",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private @Nullable Disruption goOn(ShardedDatabase database, DatabaseObservation observation, Disruption held)
            throws StepFailed {
        String server = held.server();
        if (!observation.sets().containsKey(server)) {
            return null;
        }
        if (!observation.outdated(server)) {
            boolean back = observation.ready(server)
                    && observation.shards().values().stream().allMatch(shard -> phase(shard) == ShardPhase.Ready);
            return back ? null : held;
        }
        if (moveLeadersAway(observation, server)) {
            return held;
        }
        Pod pod = observation.pods().get(server);
        if (pod == null || pod.getMetadata().getDeletionTimestamp() != null) {
            return held;
        }
        DisruptionRules.Refusal refusal = DisruptionRules.mayStop(server, groups(observation), observation.servers());
        if (refusal != null) {
            events.warn(database, refusal.reason(), "rolling of " + server + " waits: " + refusal.message());
            return held;
        }
        writer.delete(pod);
        events.done(database, Reason.RollingServers, "restarting " + server + " with its new template");
        return held;
    }

    /** Moves one leadership off a server; false when it leads nothing. */
    private boolean moveLeadersAway(DatabaseObservation observation, String server) throws StepFailed {
        for (LeaderBalance.Led led : led(observation)) {
            if (led.leader().equals(server) && !led.followers().isEmpty()) {
                Map.Entry<String, Uid> target =
                        led.followers().entrySet().iterator().next();
                transfer(
                        observation,
                        new LeaderBalance.Transfer(led.shard(), server, target.getKey(), target.getValue()),
                        "before a restart");
                return true;
            }
        }
        return false;
    }

    private void balance(ShardedDatabase database, DatabaseObservation observation, List<String> roster)
            throws StepFailed {
        String key = database.getMetadata().getUid();
        Instant now = clock.instant();
        if (now.isBefore(transferred.getOrDefault(key, Instant.EPOCH).plus(BETWEEN_TRANSFERS))) {
            return;
        }
        Optional<LeaderBalance.Transfer> transfer = LeaderBalance.next(led(observation), roster);
        if (transfer.isPresent()) {
            transferred.put(key, now);
            transfer(observation, transfer.get(), "for balance");
        }
    }

    private void transfer(DatabaseObservation observation, LeaderBalance.Transfer transfer, String why)
            throws StepFailed {
        Shard shard = Objects.requireNonNull(observation.shards().get(transfer.shard()));
        Map<String, String> addresses = new HashMap<>();
        shard.getSpec().replicas().forEach(replica -> addresses.put(replica.server(), replica.address()));
        String sentence = "from " + transfer.from() + " to " + transfer.to() + " " + why;
        actor.perform(
                shard, List.of(new ShardStep.MoveLeader(transfer.from(), transfer.target(), sentence)), addresses);
        events.done(shard, Reason.LeaderMoved, "moved the leadership " + sentence);
    }

    private static boolean calm(DatabaseObservation observation, List<String> roster) {
        return roster.stream().allMatch(observation::ready)
                && observation.sets().keySet().stream().allMatch(roster::contains)
                && observation.shards().values().stream().allMatch(shard -> phase(shard) == ShardPhase.Ready);
    }

    private static ShardPhase phase(Shard shard) {
        return shard.getStatus() == null
                ? ShardPhase.Pending
                : shard.getStatus().phase();
    }

    private static int leads(String server, DatabaseObservation observation) {
        return (int) led(observation).stream()
                .filter(led -> led.leader().equals(server))
                .count();
    }

    private static List<LeaderBalance.Led> led(DatabaseObservation observation) {
        List<LeaderBalance.Led> led = new ArrayList<>();
        groups(observation).forEach((name, group) -> {
            Observed.Leader leader = observation.servers().leader(group);
            if (leader != null) {
                Map<String, Uid> followers = new HashMap<>();
                for (GroupMember voter : leader.status().getConfiguration().getVotersList()) {
                    boolean healthy = !voter.getServer().equals(leader.server())
                            && observation
                                    .servers()
                                    .replica(voter.getServer(), group)
                                    .filter(replica -> replica.getState() == ReplicaState.HEALTHY)
                                    .isPresent();
                    if (healthy) {
                        followers.put(voter.getServer(), voter.getMember());
                    }
                }
                led.add(new LeaderBalance.Led(name, leader.server(), followers));
            }
        });
        return led;
    }

    private static Map<String, Uid> groups(DatabaseObservation observation) {
        return observation.groups(Uids::ofResource);
    }
}
