package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.observe.ServerPoll;
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
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.protocol.wire.CandidateRank;
import io.shardeddb.protocol.wire.GroupMember;
import io.shardeddb.protocol.wire.RankCandidatesRequest;
import io.shardeddb.protocol.wire.Uid;
import java.time.InstantSource;
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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes servers down, one at a time: restarts them with a new template, leaders moved away first, and removes emptied ones; keeps
 * leaderships spread while nothing else goes on. What to do is {@link Takedown}'s decision; this does it.
 *
 * <p>The token in the database's status is taken by compare-and-set in one look, and acted on in a later one that sees it. It names the
 * pod, and only that pod is deleted; it is given back when the server is healthy again. So two operators, or one that was frozen, never
 * have two servers down.
 */
final class Takedowns {

    private static final Logger LOG = LoggerFactory.getLogger(Takedowns.class);

    private final ObjectWriter writer;
    private final DatabaseObjects objects;
    private final ShardActor actor;
    private final ServerPoll poll;
    private final EventLog events;
    private final InstantSource clock;
    private final Map<String, LeaderMemory> memories = new ConcurrentHashMap<>();

    Takedowns(
            ObjectWriter writer,
            DatabaseObjects objects,
            ShardActor actor,
            ServerPoll poll,
            EventLog events,
            InstantSource clock) {
        this.writer = writer;
        this.objects = objects;
        this.actor = actor;
        this.poll = poll;
        this.events = events;
        this.clock = clock;
    }

    /**
     * What came of one look.
     *
     * @param token the token as it shall be recorded
     * @param refusals what is held back, and why
     * @param watches whether a leader is slow and may have to be left soon
     */
    record Outcome(@Nullable Disruption token, List<Refusal> refusals, boolean watches) {}

    /**
     * Takes the next step.
     *
     * @param staying servers that are no longer wanted and must stay
     * @param held the token as recorded
     */
    Outcome next(
            ShardedDatabase database,
            DatabaseObservation observation,
            List<String> roster,
            Set<String> staying,
            @Nullable Disruption held)
            throws StepFailed, InterruptedException {
        boolean watches = false;
        Takedown decision = Takedown.decide(world(observation, roster, staying), held, clock.instant());
        switch (decision) {
            case Takedown.Take take -> {
                return new Outcome(
                        new Disruption(
                                take.server(),
                                take.pod(),
                                take.why(),
                                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()),
                        take.refusals(),
                        false);
            }
            case Takedown.DeletePod delete -> deletePod(database, observation, delete);
            case Takedown.RemoveServer remove -> remove(database, observation, remove.server());
            case Takedown.Idle idle -> {
                if (idle.calm()) {
                    watches = lead(database, observation, roster);
                }
            }
            case Takedown.Hold _, Takedown.Release _ -> {
                // Nothing to do but to keep the token, or to give it back.
            }
        }
        boolean keeps = !(decision instanceof Takedown.Release) && !(decision instanceof Takedown.Idle);
        return new Outcome(keeps ? held : null, decision.refusals(), watches);
    }

    /** Forgets a database that is gone. */
    void forget(ShardedDatabase database) {
        memories.remove(database.getMetadata().getUid());
    }

    private Takedown.World world(DatabaseObservation observation, List<String> roster, Set<String> staying) {
        Map<String, Takedown.Server> servers = new HashMap<>();
        Set<String> names = new java.util.TreeSet<>(roster);
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

    private static @Nullable Refusal mayRemove(String server, DatabaseObservation observation, Observed observed) {
        Map<String, List<String>> placed = new HashMap<>();
        observation.shards().forEach((name, shard) -> {
            List<String> servers = new ArrayList<>(shard.getSpec().servers());
            shard.getSpec().replicas().forEach(replica -> servers.add(replica.server()));
            placed.put(name, servers);
        });
        return DisruptionRules.mayRemove(server, placed, groups(observation), observed);
    }

    private void deletePod(ShardedDatabase database, DatabaseObservation observation, Takedown.DeletePod delete)
            throws StepFailed {
        Optional<LeaderBalance.Transfer> away = LeaderBalance.away(led(observation), delete.server());
        if (away.isPresent()) {
            transfer(observation, away.get(), "before a restart");
            return;
        }
        Pod pod = observation.pods().get(delete.server());
        if (pod != null) {
            writer.deleteExactly(pod);
            events.done(database, Reason.RollingServers, "restarting " + delete.server() + " with its new template");
        }
    }

    /** Removes a server when every group's leader has just proved, by a commit, that it leads and that the server is in no membership. */
    private void remove(ShardedDatabase database, DatabaseObservation observation, String server)
            throws StepFailed, InterruptedException {
        StatefulSet set = observation.sets().get(server);
        if (set == null) {
            return;
        }
        Map<String, String> addresses = new HashMap<>();
        for (Shard shard : observation.shards().values()) {
            Observed.Leader leader = observation.servers().leader(Uids.ofResource(shard.groupUid()));
            String address = leader == null ? null : address(shard, leader.server());
            if (leader == null || address == null) {
                throw new StepFailed(
                        "shard " + shard.getSpec().name() + " has no leader that could confirm its members");
            }
            actor.confirm(shard, leader.server(), address, leader.status().getOpen());
            addresses.put(leader.server(), address);
        }
        Refusal refusal = mayRemove(server, observation, poll.ask(addresses));
        if (refusal != null) {
            throw new StepFailed("not removing " + refusal);
        }
        objects.removeServer(database, set, database.getSpec().deletionPolicy() == DeletionPolicy.Delete);
        events.done(database, Reason.ServerRemoved, "removed server " + server + ": it holds no shard any more");
    }

    private static @Nullable String address(Shard shard, String server) {
        return shard.getSpec().replicas().stream()
                .filter(replica -> replica.server().equals(server))
                .findFirst()
                .map(replica -> replica.address())
                .orElse(null);
    }

    /** Moves a leadership where that helps, and tells who is to stand later. Returns whether a leader is slow and may have to be left soon. */
    private boolean lead(ShardedDatabase database, DatabaseObservation observation, List<String> roster)
            throws StepFailed {
        String key = database.getMetadata().getUid();
        Map<String, Uid> groups = groups(observation);
        List<LeaderChoice.Term> terms = LeaderTerms.of(led(observation), groups, observation.servers());
        // What models of leaders' delays can be compared on.
        terms.forEach(term -> LOG.debug(
                "term of {}: {} leads, {} ms, measured {}, {}",
                term.led().shard(),
                term.led().leader(),
                term.delayMillis(),
                term.measured(),
                term.features()));
        LeaderMoves.Decision decision =
                LeaderMoves.decide(memories.getOrDefault(key, LeaderMemory.NONE), terms, roster, clock.instant());
        // Kept before anything is done: what fails is not tried again at once.
        memories.put(key, decision.memory());
        rank(observation, decision.ranks(), groups);
        LeaderMoves.Move move = decision.move();
        if (move != null) {
            transfer(observation, move.transfer(), move.reason());
        }
        return decision.watches();
    }

    /** Tells servers whose replicas stand later than others', where that has changed. */
    private void rank(DatabaseObservation observation, Map<String, Map<String, Integer>> ranks, Map<String, Uid> groups)
            throws StepFailed {
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
                changed.computeIfAbsent(server, ignored -> RankCandidatesRequest.newBuilder())
                        .addRanks(CandidateRank.newBuilder().setGroup(group).setRank(rank));
            }
        }));
        for (Map.Entry<String, RankCandidatesRequest.Builder> server : changed.entrySet()) {
            actor.rank(
                    server.getKey(),
                    Objects.requireNonNull(addresses.get(server.getKey())),
                    server.getValue().build());
        }
    }

    private void transfer(DatabaseObservation observation, LeaderBalance.Transfer transfer, String why)
            throws StepFailed {
        Shard shard = Objects.requireNonNull(observation.shards().get(transfer.shard()));
        Map<String, String> addresses = new HashMap<>();
        shard.getSpec().replicas().forEach(replica -> addresses.put(replica.server(), replica.address()));
        String sentence = "from " + transfer.from() + " to " + transfer.to() + " " + why;
        ShardActor.Done done =
                actor.perform(shard, new ShardStep.MoveLeader(transfer.from(), transfer.target(), sentence), addresses);
        if (done != null) {
            events.done(shard, done.reason(), done.what());
        }
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
                boolean fixed = ShardLoop.preferredLeader(
                                Objects.requireNonNull(observation.shards().get(name)))
                        != null;
                led.add(new LeaderBalance.Led(name, leader.server(), followers, fixed));
            }
        });
        return led;
    }

    private static Map<String, Uid> groups(DatabaseObservation observation) {
        return observation.groups(Uids::ofResource);
    }
}
