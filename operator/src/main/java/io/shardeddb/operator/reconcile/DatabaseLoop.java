package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Catalogs;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.desired.TableRules;
import io.shardeddb.operator.desired.TablesDecision;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.Placement;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ResourceNames;
import io.shardeddb.operator.plan.Roster;
import io.shardeddb.operator.report.DatabaseReport;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.Patience;
import io.shardeddb.operator.report.ServerReport;
import io.shardeddb.operator.report.ServerWarnings;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.operator.report.SpecWords;
import io.shardeddb.operator.report.StatusTurns;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a database's objects to its spec: observe, plan, act, report. Its shards have a loop of their own. */
final class DatabaseLoop {

    /** When to look again while something is going on. */
    static final Duration BUSY = Duration.ofMillis(700);

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLoop.class);
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration REMOVAL = Duration.ofMinutes(1);

    private final DatabaseObjects objects;
    private final ObjectWriter writer;
    private final ShardKeeper keeper;
    private final ServerPoll poll;
    private final ShardPlacing placing;
    private final Takedowns takedowns;
    private final TimestampEpochs timestamps;
    private final Doors doors;
    private final TableTrials trials;
    private final TableLook tableLook;
    private final EventLog events;
    private final DatabaseViews views;
    private final ShardWake shards;
    private final Pace pace;
    private final InstantSource clock;
    private final Map<String, DatabaseMemory> memories = new ConcurrentHashMap<>();

    DatabaseLoop(
            DatabaseObjects objects,
            ObjectWriter writer,
            ShardKeeper keeper,
            ServerPoll poll,
            ShardPlacing placing,
            Takedowns takedowns,
            TimestampEpochs timestamps,
            Doors doors,
            TableTrials trials,
            EventLog events,
            DatabaseViews views,
            ShardWake shards,
            InstantSource clock) {
        this.objects = objects;
        this.writer = writer;
        this.keeper = keeper;
        this.poll = poll;
        this.placing = placing;
        this.takedowns = takedowns;
        this.timestamps = timestamps;
        this.doors = doors;
        this.trials = trials;
        this.tableLook = new TableLook(trials, events);
        this.events = events;
        this.views = views;
        this.shards = shards;
        this.pace = new Pace(views, clock);
        this.clock = clock;
    }

    /** What one look did, for the report. */
    private static final class Progress {
        private final List<Refusal> refusals = new ArrayList<>();
        private @Nullable Disruption disruption;
        private Map<String, List<String>> placed = Map.of();
        private boolean changed;
        private boolean recorded;
        private boolean held;
        private boolean watches;
        private @Nullable String tables;
        private @Nullable String failure;
        private @Nullable String credential;
    }

    /** One look; returns when to look again without a change. */
    Duration look(ShardedDatabase asked, Related related) throws InterruptedException {
        DatabaseMemory memory = memories.computeIfAbsent(asked.getMetadata().getUid(), uid -> new DatabaseMemory());
        ConfigMap record = Related.find(
                related.records(), Naming.accepted(asked.getMetadata().getName()));
        Map<String, StatefulSet> sets = DatabaseObservation.byServer(related.sets());
        TableLook.Observing observing = () -> {
            attempt(
                    new Progress(),
                    () -> doors.show(asked, addresses(asked, sets).values()));
            return observe(asked, related, sets);
        };
        if (memory.heard() == null) {
            memory.heard(observing.observe().servers());
        }
        Map<String, Long> versions = OldRecord.versions(related.shards(), Objects.requireNonNull(memory.heard()));
        AcceptedRecord found = memory.accepted(record, isOwned(record, asked));
        String fault = record == null ? null : "was edited by hand";
        String older = found == null ? null : OldRecord.why(asked, found, related.shards(), versions);
        AcceptedRecord before = older == null ? found : null;
        List<String> violations =
                new ArrayList<>(violations(asked, before, related.shards(), versions, older == null ? fault : older));
        // What an earlier resource of this name left behind binds the spec, and is in force only once this one has
        // fitted it.
        AcceptedRecord inForceBefore = record == null || isOwned(record, asked) ? before : null;
        boolean paused = asked.getSpec().paused();
        boolean initialised = asked.getStatus() != null && asked.getStatus().schemaVersion() != null;
        TablesDecision tables = violations.isEmpty() && !paused && before != null
                ? tableLook.decide(asked, before, initialised, memory, addresses(asked, sets), observing)
                : new TablesDecision.Unchanged();
        if (tables instanceof TablesDecision.Refused refused) {
            refused.violations().forEach(violation -> violations.add(violation.toString()));
        }
        // While it is paused, what is in force is what was recorded, whatever the spec says meanwhile.
        AcceptedRecord accepted = violations.isEmpty() && !paused
                ? (before == null ? AcceptedRecord.first(asked) : before.after(asked.getSpec(), tables))
                        .seen(related.shards())
                        .allowing(TableLook.permissions(asked).allowed())
                : inForceBefore == null ? null : inForceBefore.seen(related.shards());
        boolean mayAct = accepted != null && !paused;
        ShardedDatabase inForce = inForce(asked, accepted);
        List<String> roster = Roster.wanted(inForce.getSpec().servers());
        Progress progress = new Progress();
        progress.tables = TableLook.waits(tables);
        progress.refusals.addAll(TableLook.refusals(asked, tables));
        progress.disruption =
                asked.getStatus() == null ? null : asked.getStatus().disruption();
        if (mayAct && accepted != null) {
            attempt(progress, () -> {
                // Until it is through, what the caches show is not what is wanted.
                progress.changed = true;
                record(inForce, memory, accepted, before, tables, related);
                progress.recorded = true;
                doors.make(inForce, related);
                progress.changed = makeObjects(inForce, memory, related, roster, sets);
            });
        }
        if (paused && accepted != null) {
            // Tables that the shards took before the pause come into force all the same: nobody would be answered
            // else.
            attempt(progress, () -> record(inForce, memory, accepted, before, tables, related));
        }
        attempt(progress, () -> doors.show(asked, addresses(asked, sets).values()));
        DatabaseObservation observation = observe(inForce, related, sets);
        memory.heard(observation.servers());
        DatabaseViews.DatabaseView view = new DatabaseViews.DatabaseView(
                addresses(asked, sets), definition(progress.recorded ? accepted : inForceBefore), !mayAct);
        views.put(
                asked.getMetadata().getNamespace(),
                asked.getMetadata().getName(),
                view,
                related.shards().size());
        memory.concerned(observation, related.shards(), view).forEach(shards::wake);
        if (accepted != null) {
            progress.refusals.addAll(CatalogFaults.of(accepted, related.shards()));
        }
        if (mayAct && accepted != null && progress.recorded) {
            act(inForce, accepted, related, observation, roster, progress);
        }
        attempt(progress, () -> progress.credential = doors.next(inForce, related, observation, mayAct));
        holdBack(asked, memory, progress);
        events.standing(asked, warnings(violations, progress));
        warnOfServers(asked, memory, observation, roster);
        ShardedDatabaseStatus status =
                report(asked, inForce, accepted, observation, roster, related, violations, progress);
        boolean changed = write(asked, status);
        boolean settled = !changed
                && !progress.held
                && !progress.watches
                && isTrue(status, ConditionType.Ready)
                && !isTrue(status, ConditionType.Progressing);
        return settled
                ? pace.rest(
                        SETTLED,
                        asked.getMetadata().getNamespace(),
                        asked.getMetadata().getName())
                : BUSY;
    }

    private static List<String> violations(
            ShardedDatabase asked,
            @Nullable AcceptedRecord before,
            List<Shard> shards,
            Map<String, Long> versions,
            @Nullable String fault) {
        List<SpecValidation.Violation> violations = new ArrayList<>(TableRules.check(asked.getSpec(), before, shards));
        if (before == null) {
            violations.addAll(LostRecord.check(asked, shards, versions, fault));
        } else {
            violations.addAll(Leftovers.check(asked.getSpec(), before));
        }
        return violations.stream().map(SpecValidation.Violation::toString).toList();
    }

    /** The tables that shards are to have; only what is recorded is brought to them. */
    private static @Nullable SchemaDefinition definition(@Nullable AcceptedRecord recorded) {
        return recorded == null || recorded.spec().tables().isEmpty() ? null : recorded.definition();
    }

    static boolean isOwned(@Nullable ConfigMap record, ShardedDatabase database) {
        return record != null
                && record.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner ->
                                owner.getUid().equals(database.getMetadata().getUid()));
    }

    private static long generation(ShardedDatabase database) {
        return Objects.requireNonNullElse(database.getMetadata().getGeneration(), 1L);
    }

    private static ShardedDatabase inForce(ShardedDatabase asked, @Nullable AcceptedRecord accepted) {
        if (accepted == null) {
            return asked;
        }
        ShardedDatabase inForce = new ShardedDatabase();
        inForce.setMetadata(asked.getMetadata());
        inForce.setStatus(asked.getStatus());
        inForce.setSpec(accepted.spec());
        return inForce;
    }

    /** Records what was accepted, before anything is done about it. */
    private void record(
            ShardedDatabase database,
            DatabaseMemory memory,
            AcceptedRecord accepted,
            @Nullable AcceptedRecord before,
            TablesDecision tables,
            Related related)
            throws StepFailed {
        List<String> grounds = DatabaseMemory.recordGrounds(database, accepted, related);
        if (memory.isRecorded(grounds)) {
            return;
        }
        boolean written = objects.accept(database, accepted, related);
        memory.wrote(accepted);
        String difference = SpecWords.difference(before == null ? null : before.spec(), accepted.spec());
        if (!difference.isEmpty()) {
            events.done(
                    database,
                    Reason.SpecAccepted,
                    "generation " + generation(database) + " is in force: " + difference);
        }
        tableLook.tell(database, tables, before, accepted);
        if (!written) {
            memory.recorded(grounds);
        }
    }

    /** Returns whether anything was written. */
    private boolean makeObjects(
            ShardedDatabase database,
            DatabaseMemory memory,
            Related related,
            List<String> roster,
            Map<String, StatefulSet> sets)
            throws StepFailed {
        List<String> grounds = DatabaseMemory.grounds(database, related);
        if (memory.isMade(grounds)) {
            return false;
        }
        Map<String, String> existing = new HashMap<>();
        sets.forEach((server, set) -> existing.put(server, set.getMetadata().getName()));
        Map<String, String> names = ResourceNames.assign(database.getMetadata().getName(), roster, existing);
        DatabaseObjects.Applied applied = objects.apply(database, related, roster, sets, names);
        for (String server : applied.made()) {
            events.done(database, Reason.ServerCreated, "made server " + server);
        }
        if (!applied.changed()) {
            memory.made(grounds);
        }
        return applied.changed();
    }

    private DatabaseObservation observe(ShardedDatabase database, Related related, Map<String, StatefulSet> sets)
            throws InterruptedException {
        Map<String, Shard> shards = new LinkedHashMap<>();
        related.shards().forEach(shard -> shards.put(shard.getSpec().name(), shard));
        List<Pod> pods = related.pods().stream()
                .filter(pod -> "server".equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
                .toList();
        return new DatabaseObservation(
                sets,
                DatabaseObservation.podsByServer(pods),
                shards,
                Related.find(
                        related.deployments(),
                        Naming.router(database.getMetadata().getName())),
                poll.ask(addresses(database, sets)));
    }

    private static Map<String, String> addresses(ShardedDatabase database, Map<String, StatefulSet> sets) {
        Map<String, String> addresses = new TreeMap<>();
        sets.forEach((server, set) ->
                addresses.put(server, Naming.address(database, set.getMetadata().getName())));
        return addresses;
    }

    private void act(
            ShardedDatabase database,
            AcceptedRecord accepted,
            Related related,
            DatabaseObservation observation,
            List<String> roster,
            Progress progress)
            throws InterruptedException {
        boolean calm = roster.stream().allMatch(observation::ready)
                && observation.shards().values().stream().allMatch(ShardReport::serves);
        Placement.Result placement = ShardPlacing.plan(database, observation.shards(), roster, accepted, calm);
        progress.placed = placement.servers();
        progress.refusals.addAll(placement.refusals());
        progress.refusals.addAll(ShardPlacing.leftOut(database, observation.shards()));
        attempt(progress, () -> keeper.mark(related.shards()));
        if (!roster.isEmpty()) {
            attempt(progress, () -> placing.write(database, observation.shards(), placement, accepted));
        }
        attempt(
                progress,
                () -> progress.refusals.addAll(timestamps.next(
                        database, related, roster, addresses(database, observation.sets()), observation.servers())));
        attempt(progress, () -> {
            Takedowns.Outcome outcome =
                    takedowns.next(database, observation, roster, placement.leaving(), progress.disruption);
            progress.disruption = outcome.token();
            progress.watches = outcome.watches();
            progress.refusals.addAll(outcome.refusals());
        });
    }

    /** Takes out refusals that may be over in a moment: they were heeded, and are told when they stand. */
    private void holdBack(ShardedDatabase database, DatabaseMemory memory, Progress progress) {
        Instant now = clock.instant();
        Patience standing = memory.patience().after(List.copyOf(progress.refusals), now);
        memory.patience(standing);
        Condition before =
                database.getStatus() == null ? null : database.getStatus().condition(ConditionType.Withheld);
        String told = before == null ? "" : before.getMessage();
        List<Refusal> tell = standing.told(progress.refusals, told, now);
        progress.held = tell.size() < progress.refusals.size();
        progress.refusals.clear();
        progress.refusals.addAll(tell);
    }

    /** A server that stays not ready is worth one Event, whatever its message becomes meanwhile. */
    private void warnOfServers(
            ShardedDatabase database, DatabaseMemory memory, DatabaseObservation observation, List<String> roster) {
        Map<String, ServerReport.Standing> servers = new TreeMap<>();
        roster.forEach(server -> servers.put(server, ServerReport.of(observation, server, true)));
        ServerWarnings warnings = memory.serverWarnings().after(servers, clock.instant());
        memory.serverWarnings(warnings);
        warnings.fresh().forEach(words -> events.worse(database, Reason.ServersStarting, words));
    }

    /** One thing to do. */
    private interface Attempt {
        void make() throws StepFailed, InterruptedException;
    }

    /** Does something; that it failed stands in the report, and the next look decides anew. */
    private static void attempt(Progress progress, Attempt attempt) throws InterruptedException {
        try {
            attempt.make();
        } catch (StepFailed e) {
            LOG.info("{}", e.getMessage());
            if (!e.overtaken() && progress.failure == null) {
                progress.failure = e.getMessage();
            }
        }
    }

    private static Map<Reason, String> warnings(List<String> violations, Progress progress) {
        Map<Reason, String> warnings = new EnumMap<>(Reason.class);
        if (!violations.isEmpty()) {
            warnings.put(Reason.InvalidSpec, String.join("; ", violations));
        }
        progress.refusals.forEach(
                refusal -> warnings.merge(refusal.reason(), refusal.toString(), (one, two) -> one + "; " + two));
        return warnings;
    }

    private ShardedDatabaseStatus report(
            ShardedDatabase asked,
            ShardedDatabase inForce,
            @Nullable AcceptedRecord accepted,
            DatabaseObservation observation,
            List<String> roster,
            Related related,
            List<String> violations,
            Progress progress) {
        ConfigMap record = Related.find(
                related.records(), Naming.accepted(asked.getMetadata().getName()));
        Long revision = isOwned(record, asked) ? Catalogs.revision(record) : null;
        return new DatabaseReport(
                        asked,
                        inForce.getSpec(),
                        accepted,
                        observation,
                        roster,
                        new DatabaseReport.Decisions(
                                violations,
                                progress.refusals,
                                progress.disruption,
                                progress.placed,
                                progress.changed,
                                progress.tables,
                                progress.failure,
                                progress.credential,
                                revision),
                        clock)
                .status(
                        DatabaseReport.endpoint(Related.find(
                                related.services(),
                                Naming.router(asked.getMetadata().getName()))),
                        objects.administration(inForce.getSpec()));
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
            writer.replaceStatus(changed);
            StatusTurns.of(database.getStatus(), status).forEach(turn -> {
                if (turn.warning()) {
                    events.worse(database, turn.reason(), turn.message());
                } else {
                    events.done(database, turn.reason(), turn.message());
                }
            });
        } catch (StepFailed e) {
            // The object changed meanwhile, mostly; the next look reports on the newer one.
            LOG.debug("{}", e.getMessage());
        }
        return true;
    }

    private static boolean isTrue(ShardedDatabaseStatus status, ConditionType type) {
        var condition = status.condition(type);
        return condition != null && "True".equals(condition.getStatus());
    }

    /**
     * Removes what does not go with the resource by itself; returns whether the resource may go: when its pods are gone, and its volumes
     * where they shall go, or after a minute, so that a node that is away holds nothing up. It needs no good spec, and no server.
     */
    boolean remove(ShardedDatabase database, Related related) {
        views.remove(
                database.getMetadata().getNamespace(), database.getMetadata().getName());
        List<String> left = new ArrayList<>();
        try {
            if (database.getSpec().deletionPolicy() == DeletionPolicy.Delete) {
                left.addAll(objects.removeAll(database, related));
            } else {
                AcceptedRecord accepted = AcceptedRecord.read(Related.find(
                        related.records(),
                        Naming.accepted(database.getMetadata().getName())));
                objects.removeAndKeepVolumes(
                        database, related, accepted == null ? null : accepted.seen(related.shards()));
            }
            // After the record of them was kept, and before the owner goes: they go with it, whoever is there then.
            keeper.letGo(related.shards());
        } catch (StepFailed e) {
            LOG.info("deleting {}: {}", database.getMetadata().getName(), e.getMessage());
            return false;
        }
        related.pods().forEach(pod -> left.add(pod.getMetadata().getName()));
        Instant asked = Instant.parse(database.getMetadata().getDeletionTimestamp());
        if (!left.isEmpty() && clock.instant().isBefore(asked.plus(REMOVAL))) {
            write(database, DatabaseReport.deleting(database, left, clock));
            return false;
        }
        events.done(
                database,
                Reason.Deleting,
                database.getSpec().deletionPolicy() == DeletionPolicy.Delete
                        ? "removed the servers and their volumes"
                        : "removed the servers; their volumes are kept");
        events.forget(database);
        takedowns.forget(database);
        memories.remove(database.getMetadata().getUid());
        doors.forget(database);
        trials.forget(database.getMetadata().getUid());
        addresses(database, DatabaseObservation.byServer(related.sets()))
                .values()
                .forEach(poll::forget);
        return true;
    }
}
