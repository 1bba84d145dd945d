package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.Catalogs;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.LeaderChoice;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.database.DatabaseMemory;
import io.shardeddb.operator.plan.database.DatabasePlan;
import io.shardeddb.operator.plan.database.DatabasePlan.Arrangement;
import io.shardeddb.operator.plan.database.DatabaseStep.Stage;
import io.shardeddb.operator.plan.database.DatabaseView;
import io.shardeddb.operator.plan.database.ObservedDatabase;
import io.shardeddb.operator.report.DatabaseReport;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.RouterAddress;
import io.shardeddb.operator.report.ServerReport;
import io.shardeddb.operator.report.ServerWarnings;
import io.shardeddb.operator.report.StatusTurns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a database's objects to its spec: observe, plan, act, report. Its shards have a loop of their own. */
final class DatabaseLoop {

    /** When to reconcile again while something is going on. */
    static final Duration BUSY = Duration.ofMillis(700);

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLoop.class);
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration REMOVAL = Duration.ofMinutes(1);

    private final DatabaseObjects objects;
    private final ObjectWriter writer;
    private final ShardKeeper keeper;
    private final ServerPoll poll;
    private final DatabaseActor actor;
    private final Doors doors;
    private final TableTrials trials;
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
            DatabaseActor actor,
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
        this.actor = actor;
        this.doors = doors;
        this.trials = trials;
        this.events = events;
        this.views = views;
        this.shards = shards;
        this.pace = new Pace(views, clock);
        this.clock = clock;
    }

    /** Reconciles once; returns when to do so again without a change. */
    Duration reconcile(ShardedDatabase asked, Related related) throws InterruptedException {
        String key = asked.getMetadata().getUid();
        DatabaseMemory before = memories.getOrDefault(key, DatabaseMemory.NONE);
        Map<String, StatefulSet> sets = DatabaseObservation.byServer(related.sets());
        Credential credential = credential(asked, sets);
        ObservedDatabase seen = ObservedDatabase.of(
                asked, related, observe(asked, related, sets), credential.isThere(), trials.told(key));

        DatabasePlan plan = DatabasePlan.of(seen, before, clock.instant());
        // Kept before anything is done: what fails is not tried again at once.
        memories.put(key, plan.memory());
        log(plan);

        DatabaseActor.Outcome outcome =
                actor.perform(plan, seen, credential.failure(), view -> tellShards(seen, before, view));

        List<Refusal> refusals = refusals(plan, outcome);
        DatabaseMemory memory = after(plan, outcome, seen, before, refusals);
        memories.put(key, memory);
        return report(seen, plan, outcome, memory, refusals);
    }

    /**
     * The secret between the database's processes, shown to its servers.
     *
     * @param isThere whether there is one
     * @param failure why it cannot be read
     */
    private record Credential(boolean isThere, @Nullable String failure) {}

    private Credential credential(ShardedDatabase asked, Map<String, StatefulSet> sets) {
        try {
            return new Credential(
                    doors.show(asked, ObservedDatabase.addresses(asked, sets).values()), null);
        } catch (StepFailed e) {
            LOG.info("{}", e.getMessage());
            return new Credential(false, e.overtaken() ? null : e.getMessage());
        }
    }

    private DatabaseObservation observe(ShardedDatabase database, Related related, Map<String, StatefulSet> sets)
            throws InterruptedException {
        Map<String, Shard> byName = new LinkedHashMap<>();
        related.shards().forEach(shard -> byName.put(shard.getSpec().name(), shard));
        List<Pod> pods = related.pods().stream()
                .filter(pod -> "server".equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
                .toList();
        return new DatabaseObservation(
                sets,
                DatabaseObservation.podsByServer(pods),
                byName,
                Related.find(
                        related.deployments(),
                        Naming.router(database.getMetadata().getName())),
                poll.ask(ObservedDatabase.addresses(database, sets)));
    }

    /** What models of leaders' delays can be compared on. */
    private static void log(DatabasePlan plan) {
        Arrangement arrangement = plan.arrangement();
        List<LeaderChoice.Term> terms =
                arrangement == null ? List.of() : arrangement.takedown().terms();
        terms.forEach(term -> LOG.debug(
                "term of {}: {} leads, {} ms, measured {}, {}",
                term.led().shard(),
                term.led().leader(),
                term.delayMillis(),
                term.measured(),
                term.features()));
    }

    private void tellShards(ObservedDatabase seen, DatabaseMemory before, DatabaseView view) {
        List<Shard> all = seen.related().shards();
        views.put(
                seen.asked().getMetadata().getNamespace(),
                seen.asked().getMetadata().getName(),
                view,
                all.size());
        before.told(seen.observation(), all, view).concerned(before, all).forEach(shards::wake);
    }

    /** What is held back, whether it may be over in a moment or not. */
    private static List<Refusal> refusals(DatabasePlan plan, DatabaseActor.Outcome outcome) {
        List<Refusal> refusals = new ArrayList<>(plan.refusals());
        Arrangement arrangement = plan.arrangement();
        if (arrangement != null && outcome.recorded()) {
            refusals.addAll(arrangement.refusals());
            refusals.addAll(outcome.refusals());
            if (!outcome.failed().contains(Stage.TAKEDOWN)) {
                refusals.addAll(arrangement.takedown().refusals());
            }
        }
        return refusals;
    }

    private DatabaseMemory after(
            DatabasePlan plan,
            DatabaseActor.Outcome outcome,
            ObservedDatabase seen,
            DatabaseMemory before,
            List<Refusal> refusals) {
        DatabaseMemory memory = outcome.recorded() ? plan.memory().wrote(plan.accepted()) : plan.memory();
        for (var step : outcome.unchanged()) {
            memory = memory.found(step);
        }
        if (!outcome.recorded()) {
            // No leadership was told to move.
            memory = memory.leaders(before.leaders());
        }
        // A server that stays not ready is worth one Event, whatever its message becomes meanwhile.
        Map<String, ServerReport.Standing> servers = new TreeMap<>();
        plan.roster().forEach(server -> servers.put(server, ServerReport.of(seen.observation(), server, true)));
        Instant now = clock.instant();
        DatabaseView told = views.get(
                        seen.asked().getMetadata().getNamespace(),
                        seen.asked().getMetadata().getName())
                .orElseThrow();
        return memory.told(seen.observation(), seen.related().shards(), told)
                .reported(
                        memory.hysteresis().after(refusals, now),
                        memory.serverWarnings().after(servers, now));
    }

    private Duration report(
            ObservedDatabase seen,
            DatabasePlan plan,
            DatabaseActor.Outcome outcome,
            DatabaseMemory memory,
            List<Refusal> refusals) {
        ShardedDatabase asked = seen.asked();
        Condition before = asked.getStatus() == null ? null : asked.getStatus().condition(ConditionType.Withheld);
        // Refusals that may be over in a moment were heeded, and are told when they stand.
        List<Refusal> told =
                memory.hysteresis().told(refusals, before == null ? "" : before.getMessage(), clock.instant());
        events.standing(asked, warnings(plan.violations(), told));
        ServerWarnings warnings = memory.serverWarnings();
        warnings.fresh().forEach(words -> events.worse(asked, Reason.ServersStarting, words));
        ShardedDatabaseStatus status = status(seen, plan, outcome, told);
        boolean changed = write(asked, status);
        Arrangement arrangement = plan.arrangement();
        boolean watches = arrangement != null
                && outcome.recorded()
                && !outcome.failed().contains(Stage.TAKEDOWN)
                && arrangement.takedown().watches();
        boolean settled = !changed
                && told.size() == refusals.size()
                && !watches
                && isTrue(status, ConditionType.Ready)
                && !isTrue(status, ConditionType.Progressing);
        return settled
                ? pace.rest(
                        SETTLED,
                        asked.getMetadata().getNamespace(),
                        asked.getMetadata().getName())
                : BUSY;
    }

    private static Map<Reason, String> warnings(List<String> violations, List<Refusal> refusals) {
        Map<Reason, String> warnings = new EnumMap<>(Reason.class);
        if (!violations.isEmpty()) {
            warnings.put(Reason.InvalidSpec, String.join("; ", violations));
        }
        refusals.forEach(
                refusal -> warnings.merge(refusal.reason(), refusal.toString(), (one, two) -> one + "; " + two));
        return warnings;
    }

    private ShardedDatabaseStatus status(
            ObservedDatabase seen, DatabasePlan plan, DatabaseActor.Outcome outcome, List<Refusal> told) {
        ShardedDatabase asked = seen.asked();
        Long revision = ObservedDatabase.isOwned(seen.record(), asked) ? Catalogs.revision(seen.record()) : null;
        Arrangement arrangement = outcome.recorded() ? plan.arrangement() : null;
        Disruption token = arrangement != null && !outcome.failed().contains(Stage.TAKEDOWN)
                ? arrangement.takedown().token()
                : seen.token();
        // Until it is through, what the caches show is not what is wanted.
        boolean changed = plan.mayAct()
                && (outcome.wrote() || !outcome.recorded() || outcome.failed().contains(Stage.OBJECTS));
        return new DatabaseReport(
                        asked,
                        plan.inForce().getSpec(),
                        plan.accepted(),
                        seen.observation(),
                        plan.roster(),
                        new DatabaseReport.Decisions(
                                plan.violations(),
                                told,
                                token,
                                arrangement == null ? Map.of() : arrangement.placed(),
                                changed,
                                plan.tables(),
                                outcome.failure(),
                                outcome.credential(),
                                revision),
                        clock)
                .status(
                        RouterAddress.of(Related.find(
                                seen.related().services(),
                                Naming.router(asked.getMetadata().getName()))),
                        objects.administration(plan.inForce().getSpec()));
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
            // The object changed meanwhile, mostly; the next reconcile reports on the newer one.
            LOG.debug("{}", e.getMessage());
        }
        return true;
    }

    private static boolean isTrue(ShardedDatabaseStatus status, ConditionType type) {
        var condition = status.condition(type);
        return condition != null && "True".equals(condition.getStatus());
    }

    /**
     * Removes what does not go with the resource by itself. Returns whether the resource may go: when its pods are
     * gone, and its volumes if they are to be deleted, or after a minute. So a node that is away delays nothing for
     * longer. It needs no good spec, and no server.
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
            // After the record of them was kept, and before the owner goes. They go with it, no matter which operator
            // runs then.
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
        memories.remove(database.getMetadata().getUid());
        doors.forget(database);
        trials.forget(database.getMetadata().getUid());
        ObservedDatabase.addresses(database, DatabaseObservation.byServer(related.sets()))
                .values()
                .forEach(poll::forget);
        return true;
    }
}
