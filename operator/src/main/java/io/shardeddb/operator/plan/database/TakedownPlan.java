package io.shardeddb.operator.plan.database;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.plan.DisruptionRules;
import io.shardeddb.operator.plan.LeaderBalance;
import io.shardeddb.operator.plan.LeaderChoice;
import io.shardeddb.operator.plan.LeaderMemory;
import io.shardeddb.operator.plan.LeaderMoves;
import io.shardeddb.operator.plan.LeaderTerms;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.Takedown;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.protocol.wire.CandidateRank;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What takes servers down, one at a time, as {@link Takedown} decides: restarts with a new template, leaders moved away
 * first, and the removal of emptied ones. While nothing of that goes on, what keeps leaderships spread and off slow
 * servers. Pure.
 *
 * <p>The token in the database's status is taken by compare-and-set in one reconcile, and acted on in a later one that
 * sees it. It names the pod, and only that pod is deleted; it is given back when the server is healthy again. So two
 * operators, or one that was frozen, never have two servers down.
 */
public final class TakedownPlan {

    private TakedownPlan() {}

    /**
     * What was decided.
     *
     * @param token as it should be recorded when the steps are done
     * @param refusals what is held back, and why
     * @param watches whether a leader is slow and may have to be left soon
     * @param leaders what is known of leaderships by now; to be kept before the steps are done, so that what fails is
     *     not tried at once
     * @param terms of the leaders that were compared; empty when none were
     * @param steps in their order
     */
    public record Result(
            @Nullable Disruption token,
            List<Refusal> refusals,
            boolean watches,
            LeaderMemory leaders,
            List<LeaderChoice.Term> terms,
            List<DatabaseStep> steps) {}

    /**
     * The next steps.
     *
     * @param staying servers that are no longer wanted and must stay
     * @param held the token as it is recorded
     */
    static Result next(
            ShardedDatabase inForce,
            DatabaseObservation observation,
            List<String> roster,
            Set<String> staying,
            @Nullable Disruption held,
            LeaderMemory leaders,
            Instant now) {
        Takedown decision = Takedown.decide(world(observation, roster, staying), held, now);
        List<Refusal> refusals = decision.refusals();
        return switch (decision) {
            case Takedown.Take take ->
                new Result(
                        new Disruption(
                                take.server(),
                                take.pod(),
                                take.why(),
                                now.truncatedTo(ChronoUnit.SECONDS).toString()),
                        refusals,
                        false,
                        leaders,
                        List.of(),
                        List.of());
            case Takedown.DeletePod delete ->
                new Result(held, refusals, false, leaders, List.of(), restart(inForce, observation, delete.server()));
            case Takedown.RemoveServer remove ->
                new Result(
                        held,
                        refusals,
                        false,
                        leaders,
                        List.of(),
                        List.of(new DatabaseStep.RemoveServer(inForce, remove.server())));
            case Takedown.Idle idle ->
                idle.calm()
                        ? lead(observation, roster, refusals, leaders, now)
                        : new Result(null, refusals, false, leaders, List.of(), List.of());
            case Takedown.Hold _ -> new Result(held, refusals, false, leaders, List.of(), List.of());
            case Takedown.Release _ -> new Result(null, refusals, false, leaders, List.of(), List.of());
        };
    }

    private static Takedown.World world(DatabaseObservation observation, List<String> roster, Set<String> staying) {
        Map<String, Takedown.Server> servers = new HashMap<>();
        Set<String> names = new TreeSet<>(roster);
        names.addAll(observation.sets().keySet());
        Map<String, Integer> leads = new HashMap<>();
        led(observation).forEach(shard -> leads.merge(shard.leader(), 1, Integer::sum));
        Map<String, Uid> groups = groups(observation);
        Set<String> wanted = new HashSet<>(roster);
        for (String name : names) {
            Pod pod = observation.pods().get(name);
            boolean outdated = observation.outdated(name);
            servers.put(
                    name,
                    new Takedown.Server(
                            observation.sets().containsKey(name),
                            pod == null ? null : pod.getMetadata().getUid(),
                            pod != null && pod.getMetadata().getDeletionTimestamp() != null,
                            observation.ready(name),
                            observation.broken(name),
                            outdated,
                            outdated && DisruptionRules.hasStalled(name, groups, observation.servers()),
                            leads.getOrDefault(name, 0),
                            // Each looks at all shards, so it is asked for those servers only for which it matters.
                            outdated ? DisruptionRules.mayStop(name, groups, observation.servers()) : null,
                            wanted.contains(name) ? null : mayRemove(name, observation, observation.servers())));
        }
        boolean shardsReady = observation.shards().values().stream().allMatch(ShardReport::settled);
        return new Takedown.World(roster, staying, servers, shardsReady);
    }

    /** Why a server must not go for good; absent: it may. */
    public static @Nullable Refusal mayRemove(String server, DatabaseObservation observation, Observed observed) {
        Map<String, List<String>> placed = new HashMap<>();
        observation.shards().forEach((name, shard) -> {
            List<String> servers = new ArrayList<>(shard.getSpec().servers());
            shard.getSpec().replicas().forEach(replica -> servers.add(replica.server()));
            placed.put(name, servers);
        });
        return DisruptionRules.mayRemove(server, placed, groups(observation), observed);
    }

    private static List<DatabaseStep> restart(ShardedDatabase inForce, DatabaseObservation observation, String server) {
        Optional<LeaderBalance.Transfer> away = LeaderBalance.away(led(observation), server);
        if (away.isPresent()) {
            return List.of(move(observation, away.get(), "before a restart"));
        }
        Pod pod = observation.pods().get(server);
        return pod == null ? List.of() : List.of(new DatabaseStep.RestartPod(inForce, server, pod));
    }

    /** The address of a shard's member on a server; absent when none is recorded there. */
    public static @Nullable String address(Shard shard, String server) {
        return shard.getSpec().replicas().stream()
                .filter(replica -> replica.server().equals(server))
                .findFirst()
                .map(replica -> replica.address())
                .orElse(null);
    }

    /** Moves a leadership where that helps, and tells who is to stand later. */
    private static Result lead(
            DatabaseObservation observation,
            List<String> roster,
            List<Refusal> refusals,
            LeaderMemory leaders,
            Instant now) {
        Map<String, Uid> groups = groups(observation);
        List<LeaderChoice.Term> terms = LeaderTerms.of(led(observation), groups, observation.servers());
        LeaderMoves.Decision decision = LeaderMoves.decide(leaders, terms, roster, now);
        List<DatabaseStep> steps = new ArrayList<>(rank(observation, decision.ranks(), groups));
        LeaderMoves.Move move = decision.move();
        if (move != null) {
            steps.add(move(observation, move.transfer(), move.reason()));
        }
        return new Result(null, refusals, decision.watches(), decision.memory(), terms, steps);
    }

    /** Tells servers whose replicas stand later than others', where that has changed. */
    private static List<DatabaseStep> rank(
            DatabaseObservation observation, Map<String, Map<String, Integer>> ranks, Map<String, Uid> groups) {
        Map<String, RankCandidatesRequest.Builder> changed = new TreeMap<>();
        Map<String, String> addresses = new HashMap<>();
        ranks.forEach((shard, ofShard) -> ofShard.forEach((server, rank) -> {
            Uid group = Objects.requireNonNull(groups.get(shard));
            String address = address(Objects.requireNonNull(observation.shards().get(shard)), server);
            boolean differs = observation
                    .servers()
                    .replica(server, group)
                    .filter(replica -> replica.getElectionRank() != rank)
                    .isPresent();
            if (differs && address != null) {
                addresses.put(server, address);
                changed.computeIfAbsent(server, _ -> RankCandidatesRequest.newBuilder())
                        .addRanks(CandidateRank.newBuilder().setGroup(group).setRank(rank));
            }
        }));
        List<DatabaseStep> steps = new ArrayList<>();
        changed.forEach((server, request) -> steps.add(new DatabaseStep.RankCandidates(
                server, Objects.requireNonNull(addresses.get(server)), request.build())));
        return steps;
    }

    private static DatabaseStep move(DatabaseObservation observation, LeaderBalance.Transfer transfer, String why) {
        String sentence = "from " + transfer.from() + " to " + transfer.to() + " " + why;
        return new DatabaseStep.MoveLeader(
                Objects.requireNonNull(observation.shards().get(transfer.shard())),
                new ShardStep.MoveLeader(transfer.from(), transfer.target(), sentence));
    }

    private static List<LeaderBalance.Led> led(DatabaseObservation observation) {
        List<LeaderBalance.Led> led = new ArrayList<>();
        groups(observation).forEach((name, group) -> {
            Observed.Leader leader = observation.servers().leader(group);
            if (leader != null) {
                Map<String, Uid> followers = new HashMap<>();
                for (GroupMember voter : leader.status().getConfiguration().getVotersList()) {
                    boolean inStep = !voter.getServer().equals(leader.server())
                            && observation
                                    .servers()
                                    .replica(voter.getServer(), group)
                                    .filter(replica ->
                                            LeaderBalance.isInStep(leader.status(), voter.getMember(), replica))
                                    .isPresent();
                    if (inStep) {
                        followers.put(voter.getServer(), voter.getMember());
                    }
                }
                boolean fixed = preferredLeader(
                                Objects.requireNonNull(observation.shards().get(name)))
                        != null;
                led.add(new LeaderBalance.Led(name, leader.server(), followers, fixed));
            }
        });
        return led;
    }

    /** The server that a person wants to lead a shard. */
    public static @Nullable String preferredLeader(Shard shard) {
        Map<String, String> annotations = shard.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(ApiNames.PREFERRED_LEADER_ANNOTATION);
    }

    private static Map<String, Uid> groups(DatabaseObservation observation) {
        return observation.groups(Uids::ofResource);
    }
}
