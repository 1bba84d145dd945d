package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.desired.Guards;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.desired.Routers;
import io.shardeddb.operator.desired.Schemas;
import io.shardeddb.operator.desired.Servers;
import io.shardeddb.operator.desired.Shards;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.Placement;
import io.shardeddb.operator.plan.ResourceNames;
import io.shardeddb.operator.plan.Roster;
import io.shardeddb.operator.report.DatabaseReport;
import io.shardeddb.operator.report.EventLog;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a database's objects to its spec: observe, plan, act, report. Its shards have a reconciler of their own. */
@ControllerConfiguration(name = "shardeddatabase", finalizerName = ApiNames.FINALIZER)
public final class ShardedDatabaseReconciler implements Reconciler<ShardedDatabase>, Cleaner<ShardedDatabase> {

    private static final Logger LOG = LoggerFactory.getLogger(ShardedDatabaseReconciler.class);
    private static final Duration BUSY = Duration.ofMillis(700);
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final OperatorSettings settings;
    private final ObjectWriter writer;
    private final ServerPoll poll;
    private final Rolling rolling;
    private final EventLog events;
    private final DatabaseViews views;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    ShardedDatabaseReconciler(
            KubernetesClient client,
            OperatorSettings settings,
            ObjectWriter writer,
            ServerPoll poll,
            Rolling rolling,
            EventLog events,
            DatabaseViews views,
            InstantSource clock) {
        this.client = client;
        this.settings = settings;
        this.writer = writer;
        this.poll = poll;
        this.rolling = rolling;
        this.events = events;
        this.views = views;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, ShardedDatabase>> prepareEventSources(EventSourceContext<ShardedDatabase> context) {
        return List.of(
                source(StatefulSet.class, context),
                source(Pod.class, context),
                source(Deployment.class, context),
                source(Service.class, context),
                source(Shard.class, context));
    }

    private static <R extends HasMetadata> EventSource<?, ShardedDatabase> source(
            Class<R> type, EventSourceContext<ShardedDatabase> context) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(type, ShardedDatabase.class)
                        .withLabelSelector(Naming.MANAGED_BY_LABEL + "=" + Naming.MANAGER)
                        .withSecondaryToPrimaryMapper(resource -> Optional.ofNullable(
                                        resource.getMetadata().getLabels())
                                .map(labels -> labels.get(ApiNames.DATABASE_LABEL))
                                .map(name -> Set.of(new ResourceID(
                                        name, resource.getMetadata().getNamespace())))
                                .orElse(Set.of()))
                        .build(),
                context);
    }

    @Override
    public UpdateControl<ShardedDatabase> reconcile(ShardedDatabase database, Context<ShardedDatabase> context)
            throws InterruptedException {
        List<String> violations = SpecValidation.check(database.getSpec()).stream()
                .map(SpecValidation.Violation::toString)
                .toList();
        boolean mayAct = violations.isEmpty() && !database.getSpec().paused();
        if (!violations.isEmpty()) {
            events.warn(database, Reason.InvalidSpec, String.join("; ", violations));
        }
        List<String> roster = Roster.wanted(database.getSpec().servers());
        Map<String, String> withheld = new LinkedHashMap<>();
        try {
            Map<String, StatefulSet> sets = DatabaseObservation.byServer(
                    context.getSecondaryResourcesAsStream(StatefulSet.class).toList());
            Map<String, String> names = objectNames(database, roster, sets);
            if (mayAct) {
                applyObjects(database, context, roster, sets, names);
            }
            DatabaseObservation observation = observe(database, context, sets);
            Schema schema = schema(database, violations.isEmpty());
            views.put(
                    database.getMetadata().getNamespace(),
                    database.getMetadata().getName(),
                    new DatabaseViews.DatabaseView(
                            addresses(database, sets),
                            database.getSpec().tables().isEmpty() || schema.version() == null
                                    ? null
                                    : Schemas.definition(database.getSpec(), schema.version()),
                            !mayAct));
            Disruption disruption = disruption(database);
            if (mayAct) {
                placeShards(database, observation, roster, withheld);
                disruption = rolling.next(database, observation, roster, disruption);
                removeDrained(database, observation, roster, withheld);
            }
            Service service = find(
                    context, Service.class, Naming.router(database.getMetadata().getName()));
            DatabaseReport report = new DatabaseReport(
                    database,
                    observation,
                    roster,
                    Shards.wanted(database.getSpec()).size(),
                    withheld,
                    clock);
            ShardedDatabaseStatus status = report.status(
                    schema.version(), schema.hash(), DatabaseReport.endpoint(service), disruption, violations);
            boolean changed = write(database, status);
            boolean settled = !changed
                    && isTrue(status, io.shardeddb.crds.ConditionType.Ready)
                    && !isTrue(status, io.shardeddb.crds.ConditionType.Progressing);
            return UpdateControl.<ShardedDatabase>noUpdate().rescheduleAfter(settled ? SETTLED : BUSY);
        } catch (StepFailed e) {
            LOG.info("database {}: {}", database.getMetadata().getName(), e.getMessage());
            return UpdateControl.<ShardedDatabase>noUpdate().rescheduleAfter(BUSY);
        }
    }

    private record Schema(@Nullable Long version, @Nullable String hash) {}

    /** The schema's version moves to the spec's generation when the tables differ from those that the status knows. */
    private static Schema schema(ShardedDatabase database, boolean valid) {
        ShardedDatabaseStatus status = database.getStatus();
        String hash = Schemas.hash(database.getSpec());
        if (status != null && (!valid || hash.equals(status.schemaHash()))) {
            return new Schema(status.schemaVersion(), status.schemaHash());
        }
        long generation = Objects.requireNonNullElse(database.getMetadata().getGeneration(), 1L);
        return valid ? new Schema(generation, hash) : new Schema(null, null);
    }

    private static Map<String, String> objectNames(
            ShardedDatabase database, List<String> roster, Map<String, StatefulSet> sets) {
        Map<String, String> existing = new HashMap<>();
        sets.forEach((server, set) -> existing.put(server, set.getMetadata().getName()));
        return ResourceNames.assign(database.getMetadata().getName(), roster, existing);
    }

    private static Map<String, String> addresses(ShardedDatabase database, Map<String, StatefulSet> sets) {
        Map<String, String> addresses = new TreeMap<>();
        sets.forEach((server, set) ->
                addresses.put(server, Naming.address(database, set.getMetadata().getName())));
        return addresses;
    }

    private void applyObjects(
            ShardedDatabase database,
            Context<ShardedDatabase> context,
            List<String> roster,
            Map<String, StatefulSet> sets,
            Map<String, String> names)
            throws StepFailed {
        String name = database.getMetadata().getName();
        Service servers = find(context, Service.class, Naming.serversService(name));
        if (servers == null) {
            createOnce(database);
        }
        writer.apply(Servers.service(database), servers);
        writer.apply(Routers.service(database), find(context, Service.class, Naming.router(name)));
        for (String server : roster) {
            String object = Objects.requireNonNull(names.get(server));
            writer.apply(Servers.statefulSet(database, server, object, settings), sets.get(server));
        }
        writer.apply(Routers.deployment(database, settings), find(context, Deployment.class, Naming.router(name)));
    }

    /** What is written when a database is new and not changed afterwards. The headless Service comes last: it tells that this was done. */
    private void createOnce(ShardedDatabase database) throws StepFailed {
        byte[] password = new byte[24];
        random.nextBytes(password);
        writer.apply(Guards.credentials(database, HexFormat.of().formatHex(password)), null);
        for (HasMetadata object : Routers.access(database)) {
            writer.apply(object, null);
        }
        writer.apply(Guards.disruptionBudget(database), null);
        writer.apply(Guards.networkPolicy(database), null);
    }

    private DatabaseObservation observe(
            ShardedDatabase database, Context<ShardedDatabase> context, Map<String, StatefulSet> sets)
            throws InterruptedException {
        Map<String, Shard> shards = new LinkedHashMap<>();
        context.getSecondaryResourcesAsStream(Shard.class)
                .sorted(java.util.Comparator.comparing(
                        shard -> shard.getMetadata().getName()))
                .forEach(shard -> shards.put(shard.getSpec().name(), shard));
        List<Pod> pods = context.getSecondaryResourcesAsStream(Pod.class)
                .filter(pod -> "server".equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
                .toList();
        return new DatabaseObservation(
                sets,
                DatabaseObservation.podsByServer(pods),
                shards,
                find(
                        context,
                        Deployment.class,
                        Naming.router(database.getMetadata().getName())),
                poll.ask(addresses(database, sets)));
    }

    private void placeShards(
            ShardedDatabase database,
            DatabaseObservation observation,
            List<String> roster,
            Map<String, String> withheld)
            throws StepFailed {
        List<Shards.Wanted> wanted = Shards.wanted(database.getSpec());
        if (roster.isEmpty()) {
            return;
        }
        Map<String, Set<String>> exact = new HashMap<>();
        for (NamedServerSpec named : database.getSpec().servers().named()) {
            exact.put(named.name(), new HashSet<>(named.shards()));
        }
        List<Placement.Wanted> shards = new ArrayList<>();
        for (Shards.Wanted shard : wanted) {
            Shard existing = observation.shards().get(shard.name());
            boolean settled = existing != null
                    && existing.getStatus() != null
                    && existing.getStatus().phase() == ShardPhase.Ready;
            shards.add(new Placement.Wanted(
                    shard.name(),
                    shard.copies(),
                    existing == null ? List.of() : existing.getSpec().servers(),
                    settled));
        }
        Placement.Result placement = Placement.place(shards, roster, exact);
        withheld.putAll(placement.withheld());
        Map<String, String> existingNames = new HashMap<>();
        observation
                .shards()
                .forEach((name, shard) ->
                        existingNames.put(name, shard.getMetadata().getName()));
        Map<String, String> names = ResourceNames.assign(
                database.getMetadata().getName(),
                wanted.stream().map(Shards.Wanted::name).toList(),
                existingNames);
        for (Shards.Wanted shard : wanted) {
            List<String> servers = placement.servers().getOrDefault(shard.name(), List.of());
            Shard existing = observation.shards().get(shard.name());
            if (existing == null) {
                writer.apply(
                        Shards.fresh(database, shard, Objects.requireNonNull(names.get(shard.name())), servers), null);
            } else {
                replace(existing, servers, Shards.tolerance(database.getSpec()));
            }
        }
        Set<String> wantedNames =
                new HashSet<>(wanted.stream().map(Shards.Wanted::name).toList());
        for (String name : observation.shards().keySet()) {
            if (!wantedNames.contains(name)) {
                withheld.put("shard " + name, "removing it from the spec would drop its rows; it stays");
            }
        }
    }

    private void replace(Shard shard, List<String> servers, @Nullable Integer faultTolerance) throws StepFailed {
        ShardSpec placed = Shards.placed(shard.getSpec(), servers, faultTolerance);
        if (placed.equals(shard.getSpec())) {
            return;
        }
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setStatus(shard.getStatus());
        changed.setSpec(placed);
        try {
            client.resource(changed).update();
        } catch (KubernetesClientException e) {
            throw new StepFailed("placing shard " + placed.name() + ": " + e.getMessage(), e);
        }
    }

    private void removeDrained(
            ShardedDatabase database,
            DatabaseObservation observation,
            List<String> roster,
            Map<String, String> withheld)
            throws StepFailed {
        for (Map.Entry<String, StatefulSet> entry : observation.sets().entrySet()) {
            String server = entry.getKey();
            if (roster.contains(server) || withheld.containsKey(server)) {
                continue;
            }
            if (rolling.mayRemove(server, observation) != null) {
                continue;
            }
            writer.delete(entry.getValue());
            if (database.getSpec().deletionPolicy() == DeletionPolicy.Delete) {
                deleteClaims(
                        database,
                        Map.of(
                                ApiNames.SERVER_LABEL,
                                entry.getValue().getMetadata().getName()));
            }
            events.done(database, Reason.ServerRemoved, "removed server " + server + ": it holds no shard any more");
        }
    }

    private void deleteClaims(ShardedDatabase database, Map<String, String> labels) throws StepFailed {
        Map<String, String> selector = new HashMap<>(labels);
        selector.put(ApiNames.DATABASE_LABEL, database.getMetadata().getName());
        List<PersistentVolumeClaim> claims = client.persistentVolumeClaims()
                .inNamespace(database.getMetadata().getNamespace())
                .withLabels(selector)
                .list()
                .getItems();
        for (PersistentVolumeClaim claim : claims) {
            writer.delete(claim);
        }
    }

    private static @Nullable Disruption disruption(ShardedDatabase database) {
        return database.getStatus() == null ? null : database.getStatus().disruption();
    }

    private boolean write(ShardedDatabase database, ShardedDatabaseStatus status) {
        if (status.equals(database.getStatus())) {
            return false;
        }
        ShardedDatabase changed = new ShardedDatabase();
        changed.setMetadata(database.getMetadata());
        changed.setSpec(database.getSpec());
        changed.setStatus(status);
        try {
            client.resource(changed).updateStatus();
        } catch (KubernetesClientException e) {
            // The object changed meanwhile; the next look reports on the newer one.
            LOG.debug("status of {}: {}", database.getMetadata().getName(), e.getMessage());
        }
        return true;
    }

    private static boolean isTrue(ShardedDatabaseStatus status, io.shardeddb.crds.ConditionType type) {
        var condition = status.condition(type);
        return condition != null && "True".equals(condition.getStatus());
    }

    private static <R extends HasMetadata> @Nullable R find(
            Context<ShardedDatabase> context, Class<R> type, String name) {
        return context.getSecondaryResourcesAsStream(type)
                .filter(resource -> resource.getMetadata().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public DeleteControl cleanup(ShardedDatabase database, Context<ShardedDatabase> context) {
        String namespace = database.getMetadata().getNamespace();
        String name = database.getMetadata().getName();
        views.remove(namespace, name);
        try {
            for (StatefulSet set :
                    context.getSecondaryResourcesAsStream(StatefulSet.class).toList()) {
                writer.delete(set);
            }
            if (database.getSpec().deletionPolicy() == DeletionPolicy.Delete) {
                deleteClaims(database, Map.of());
            }
        } catch (StepFailed e) {
            LOG.info("deleting {}: {}", name, e.getMessage());
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(BUSY);
        }
        // Everything else is owned by the database and goes with it.
        return DeleteControl.defaultDelete();
    }
}
