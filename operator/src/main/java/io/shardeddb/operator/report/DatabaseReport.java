package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.plan.Refusal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A database's status as a function of what was observed and decided. */
public final class DatabaseReport {

    /** More than one, so that a shard of unknown copies is not taken for one that is meant to have a single copy. */
    private static final int MANY_COPIES = 2;

    private final ShardedDatabase asked;
    private final ShardedDatabaseSpec inForce;
    private final @Nullable AcceptedRecord accepted;
    private final DatabaseObservation observation;
    private final List<String> roster;
    private final Decisions decisions;
    private final InstantSource clock;

    /**
     * What was decided in this reconcile.
     *
     * @param violations why the spec is refused; empty when it is good
     * @param refusals what is held back, and why
     * @param disruption the token as it should be recorded
     * @param placed servers of each shard as decided; empty when nothing was decided
     * @param changed whether objects were written, which what was observed does not show yet
     * @param tables what the tables asked for wait for; absent: they do not wait
     * @param failure why a step failed, if one did
     * @param credential whether the secret of the database is required
     * @param catalogRevision of the catalog that is published
     */
    public record Decisions(
            List<String> violations,
            List<Refusal> refusals,
            @Nullable Disruption disruption,
            Map<String, List<String>> placed,
            boolean changed,
            @Nullable String tables,
            @Nullable String failure,
            @Nullable String credential,
            @Nullable Long catalogRevision) {}

    /**
     * Takes what the report is about.
     *
     * @param asked the resource as it is
     * @param inForce the spec that is acted on: the last good one
     * @param accepted what was accepted; absent while there was no good spec
     * @param roster servers wanted
     */
    public DatabaseReport(
            ShardedDatabase asked,
            ShardedDatabaseSpec inForce,
            @Nullable AcceptedRecord accepted,
            DatabaseObservation observation,
            List<String> roster,
            Decisions decisions,
            InstantSource clock) {
        this.asked = asked;
        this.inForce = inForce;
        this.accepted = accepted;
        this.observation = observation;
        this.roster = roster;
        this.decisions = decisions;
        this.clock = clock;
    }

    /**
     * The status now.
     *
     * @param router where the router answers
     * @param administration who may reshape the database through it
     */
    public ShardedDatabaseStatus status(RouterAddress router, Administration administration) {
        ShardedDatabaseStatus before = Objects.requireNonNullElseGet(asked.getStatus(), ShardedDatabaseStatus::unknown);
        int readyServers = (int) roster.stream().filter(observation::ready).count();
        int readyShards = (int) observation.shards().values().stream()
                .filter(shard -> ShardReport.settled(shard) && isPlaced(shard) && hasTables(shard))
                .count();
        int routers = readyRouters(observation.router());
        long generation = Objects.requireNonNullElse(asked.getMetadata().getGeneration(), 0L);
        DatabaseConditions.Facts facts = new DatabaseConditions.Facts(
                asked.getSpec().paused(),
                heldBack(),
                decisions.violations(),
                accepted != null,
                roster.size(),
                readyServers,
                accepted == null ? 0 : Shards.wanted(inForce).size(),
                readyShards,
                inForce.router().replicas(),
                routers,
                leaving(),
                readOnly(),
                shardFacts(),
                refusals(),
                decisions.disruption(),
                tables(),
                pending(),
                decisions.failure());
        AcceptedRecord.TablesInForce tables = accepted == null ? null : accepted.inForce();
        return new ShardedDatabaseStatus(
                generation,
                DatabaseConditions.of(facts, new Conditions(before.conditions(), generation, clock)),
                tables == null ? before.schemaVersion() : (Long) tables.version(),
                tables == null ? before.schemaHash() : tables.hash(),
                servers(),
                observation.sets().size(),
                readyServers,
                observation.shards().size(),
                readyShards,
                routers,
                router.http(),
                router.grpc(),
                selector(asked.getMetadata().getName()),
                decisions.disruption(),
                accepted == null ? null : administration,
                decisions.credential() == null ? before.credential() : decisions.credential(),
                decisions.catalogRevision() == null ? before.catalogRevision() : decisions.catalogRevision());
    }

    /**
     * The status of a database that is going.
     *
     * @param left what it waits for
     */
    public static ShardedDatabaseStatus deleting(ShardedDatabase database, List<String> left, InstantSource clock) {
        ShardedDatabaseStatus before =
                Objects.requireNonNullElseGet(database.getStatus(), ShardedDatabaseStatus::unknown);
        long generation = Objects.requireNonNullElse(database.getMetadata().getGeneration(), 0L);
        List<Condition> conditions = new ArrayList<>(new Conditions(before.conditions(), generation, clock)
                .set(ConditionType.Ready, false, Reason.Deleting, "the database is being deleted")
                .set(
                        ConditionType.Progressing,
                        true,
                        Reason.Deleting,
                        "waiting until these are gone: " + String.join(", ", left))
                .list());
        before.conditions().stream()
                .filter(condition ->
                        conditions.stream().noneMatch(set -> set.getType().equals(condition.getType())))
                .toList()
                .forEach(conditions::add);
        return new ShardedDatabaseStatus(
                generation,
                conditions,
                before.schemaVersion(),
                before.schemaHash(),
                before.servers(),
                before.serverCount(),
                before.readyServers(),
                before.shardCount(),
                before.readyShards(),
                before.routerReplicas(),
                before.endpoint(),
                before.grpcEndpoint(),
                before.selector(),
                null,
                before.administration(),
                before.credential(),
                before.catalogRevision());
    }

    /** What the spec asks for beyond what is in force, while it may not be done; absent when that is nothing. */
    private @Nullable String heldBack() {
        if (!asked.getSpec().paused() || accepted == null) {
            return null;
        }
        String difference = SpecWords.difference(accepted.spec().withPaused(true), asked.getSpec());
        return difference.isEmpty() ? null : difference;
    }

    /**
     * Whether a shard's servers are those that were decided now: what was written in this reconcile is not observed
     * yet.
     */
    private boolean isPlaced(Shard shard) {
        List<String> placed = decisions.placed().get(shard.getSpec().name());
        return placed == null || placed.equals(shard.getSpec().servers());
    }

    /** Whether a shard has the tables that are in force. */
    private boolean hasTables(Shard shard) {
        return accepted == null
                || accepted.spec().tables().isEmpty()
                || (shard.getStatus() != null
                        && Objects.requireNonNullElse(shard.getStatus().schemaVersion(), 0L)
                                >= accepted.schemaVersion());
    }

    /** How far a change of the tables is; absent: there is none. */
    private @Nullable String tables() {
        if (accepted == null || !accepted.isChanging()) {
            return decisions.tables();
        }
        long made =
                observation.shards().values().stream().filter(this::hasTables).count();
        String waits = decisions.tables();
        return "version " + accepted.schemaVersion() + " of the tables: made on " + made + " of "
                + observation.shards().size() + " shards" + (waits == null ? "" : "; " + waits);
    }

    /** What is on its way and shows nowhere else; absent: nothing. */
    private @Nullable String pending() {
        List<String> outdated = roster.stream()
                .filter(server -> observation.sets().containsKey(server) && !observation.current(server))
                .toList();
        if (decisions.changed()) {
            return "objects were changed just now";
        }
        if (!outdated.isEmpty()) {
            return "to be restarted with their new template: " + String.join(", ", outdated);
        }
        return accepted == null || observation.routersCurrent() ? null : "the routers are being replaced";
    }

    private List<String> leaving() {
        return observation.sets().keySet().stream()
                .filter(server -> !roster.contains(server))
                .sorted()
                .toList();
    }

    private List<String> readOnly() {
        return observation.sets().keySet().stream()
                .filter(server -> !observation.servers().readOnlyReason(server).isEmpty())
                .sorted()
                .map(server -> server + ": " + observation.servers().readOnlyReason(server))
                .toList();
    }

    private List<DatabaseConditions.ShardFacts> shardFacts() {
        List<DatabaseConditions.ShardFacts> facts = new ArrayList<>();
        observation
                .shards()
                .values()
                .forEach(shard -> facts.add(new DatabaseConditions.ShardFacts(
                        shard.getSpec().name(),
                        phase(shard),
                        ShardReport.holds(shard, ConditionType.DataSafe),
                        shard.getSpec().servers().size())));
        if (accepted != null) {
            // A shard that was started has rows, whether or not its object is there: nobody can say that they are safe.
            accepted.groups().keySet().stream()
                    .filter(name -> !observation.shards().containsKey(name) && accepted.started(name) != null)
                    .sorted()
                    .forEach(name -> facts.add(new DatabaseConditions.ShardFacts(
                            name + " (its Shard object is missing)", ShardPhase.Pending, false, MANY_COPIES)));
        }
        return facts;
    }

    /** What this reconcile held back, and what its shards hold back. */
    private List<Refusal> refusals() {
        List<Refusal> refusals = new ArrayList<>(decisions.refusals());
        observation
                .shards()
                .values()
                .forEach(shard -> ShardReport.withheld(shard).ifPresent(refusals::add));
        return refusals;
    }

    private static ShardPhase phase(Shard shard) {
        return shard.getStatus() == null
                ? ShardPhase.Pending
                : shard.getStatus().phase();
    }

    private List<ServerStatus> servers() {
        Set<String> names = new LinkedHashSet<>(roster);
        names.addAll(leaving());
        Map<String, List<String>> shards = new HashMap<>();
        observation
                .shards()
                .values()
                .forEach(shard -> shard.getSpec()
                        .servers()
                        .forEach(server -> shards.computeIfAbsent(server, key -> new ArrayList<>())
                                .add(shard.getSpec().name())));
        List<ServerStatus> servers = new ArrayList<>();
        for (String name : names) {
            StatefulSet set = observation.sets().get(name);
            ServerReport.Standing standing = ServerReport.of(observation, name, roster.contains(name));
            servers.add(new ServerStatus(
                    name,
                    set == null ? "" : set.getMetadata().getName(),
                    standing.phase(),
                    List.copyOf(shards.getOrDefault(name, List.of())),
                    serverMessage(name, standing)));
        }
        return servers;
    }

    /** What is held back about a server tells more than how it stands. */
    private @Nullable String serverMessage(String name, ServerReport.Standing standing) {
        return decisions.refusals().stream()
                .filter(refusal -> refusal.about().equals("server " + name))
                .map(Refusal::message)
                .findFirst()
                .orElse(standing.message());
    }

    private static int readyRouters(@Nullable Deployment router) {
        return router == null || router.getStatus() == null
                ? 0
                : Objects.requireNonNullElse(router.getStatus().getReadyReplicas(), 0);
    }

    /** The selector of the scale subresource. */
    private static String selector(String database) {
        return new TreeMap<>(Naming.serverSelector(database))
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
    }
}
