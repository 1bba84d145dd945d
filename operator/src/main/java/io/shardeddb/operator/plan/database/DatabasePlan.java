package io.shardeddb.operator.plan.database;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.operator.desired.AcceptedRecord;
import io.shardeddb.operator.desired.TableRules;
import io.shardeddb.operator.desired.TablesDecision;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.operator.plan.Placement;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.ResourceNames;
import io.shardeddb.operator.plan.Roster;
import io.shardeddb.operator.plan.database.DatabaseStep.News;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.operator.report.SpecWords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one reconcile of a database decides: a pure function from what was observed, the memory of the reconcile before,
 * and the time.
 *
 * @param inForce the resource with the spec that is acted on: the last good one
 * @param accepted what is accepted; absent while there was no good spec
 * @param mayAct whether anything but the record may be changed
 * @param roster servers wanted
 * @param violations why the spec is refused; empty when it is good
 * @param refusals what is held back, whatever the outcome of the steps
 * @param tables what the tables asked for wait for; absent: they do not wait
 * @param arrangement of shards and servers; counts only once what was accepted is recorded; absent when nothing is
 *     arranged
 * @param steps in the order in which they are done
 * @param memory for the next reconcile
 */
public record DatabasePlan(
        ShardedDatabase inForce,
        @Nullable AcceptedRecord accepted,
        boolean mayAct,
        List<String> roster,
        List<String> violations,
        List<Refusal> refusals,
        @Nullable String tables,
        @Nullable Arrangement arrangement,
        List<DatabaseStep> steps,
        DatabaseMemory memory) {

    /**
     * Where shards are placed, and which server is taken down.
     *
     * @param placed servers of each shard as decided
     * @param refusals what is held back of the placement
     * @param takedown what takes servers down
     */
    public record Arrangement(Map<String, List<String>> placed, List<Refusal> refusals, TakedownPlan.Result takedown) {}

    /** The plan. */
    public static DatabasePlan of(ObservedDatabase seen, DatabaseMemory remembered, Instant now) {
        ShardedDatabase asked = seen.asked();
        List<Shard> shards = seen.related().shards();
        ConfigMap map = seen.record();
        boolean owned = ObservedDatabase.isOwned(map, asked);
        DatabaseMemory memory = remembered.record(remembered.record().by(map, owned));
        Map<String, Long> versions =
                OldRecord.versions(shards, seen.observation().servers());
        AcceptedRecord found = memory.record().inForce(map);
        String older = found == null ? null : OldRecord.why(asked, found, shards, versions);
        AcceptedRecord before = older == null ? found : null;
        String fault = older == null && map != null ? "was edited by hand" : older;
        LostRecord.Findings findings = findings(seen, before, shards, fault);
        List<String> violations = findings.texts();
        // What an earlier resource of this name left behind binds the spec, and is in force only once this one has
        // fitted it.
        AcceptedRecord inForceBefore = map == null || owned ? before : null;
        boolean paused = asked.getSpec().paused();
        List<DatabaseStep> steps = new ArrayList<>();
        TablesDecision tables = new TablesDecision.Unchanged();
        if (violations.isEmpty() && !paused && before != null) {
            TablesPlan.Result result = TablesPlan.decide(seen, before, memory.proposed());
            tables = result.decision();
            steps.addAll(result.steps());
            memory = memory.proposed(result.proposed());
        }
        if (tables instanceof TablesDecision.Refused refused) {
            refused.violations().forEach(violation -> violations.add(violation.toString()));
        }
        AcceptedRecord accepted =
                accepted(findings.known(asked), before, inForceBefore, violations.isEmpty() && !paused, tables, shards);
        boolean mayAct = accepted != null && !paused;
        boolean acts = mayAct || (findings.silence() && !paused);
        ShardedDatabase inForce = inForce(asked, accepted);
        List<String> roster = Roster.wanted(inForce.getSpec().servers());
        List<Refusal> refusals = new ArrayList<>(TablesPlan.refusals(asked, tables));
        if (accepted != null) {
            refusals.addAll(CatalogFaults.of(accepted, shards));
            // While it is paused too: tables that the shards took before come into force all the same. Nobody would be
            // answered else.
            steps.addAll(record(seen, inForce, memory, accepted, before, tables));
        }
        if (acts) {
            steps.addAll(objects(seen, inForce, memory, roster));
        }
        steps.add(tellShards(seen, mayAct ? accepted : inForceBefore, inForceBefore, !acts));
        Arrangement arrangement = null;
        if (accepted != null && mayAct) {
            arrangement = arrange(seen, inForce, accepted, roster, memory, now, steps);
            memory = memory.leaders(arrangement.takedown().leaders());
        }
        steps.add(new DatabaseStep.ChangeCredential(inForce, mayAct));
        return new DatabasePlan(
                inForce,
                accepted,
                mayAct,
                roster,
                List.copyOf(violations),
                List.copyOf(refusals),
                TablesPlan.waits(tables),
                arrangement,
                List.copyOf(steps),
                memory);
    }

    private static LostRecord.Findings findings(
            ObservedDatabase seen, @Nullable AcceptedRecord before, List<Shard> shards, @Nullable String fault) {
        ShardedDatabase asked = seen.asked();
        List<SpecValidation.Violation> violations = new ArrayList<>(TableRules.check(seen.declared(), before, shards));
        if (before != null) {
            violations.addAll(Leftovers.check(asked.getSpec(), before));
            return new LostRecord.Findings(violations, false, 0);
        }
        LostRecord.Findings lost = LostRecord.check(
                asked, shards, LostRecord.told(shards, seen.observation().servers()), fault);
        boolean alone = violations.isEmpty();
        violations.addAll(lost.violations());
        return new LostRecord.Findings(violations, alone && lost.silence(), lost.agreed());
    }

    /** What is in force: while the spec is bad or paused, what was recorded, whatever the spec says meanwhile. */
    private static @Nullable AcceptedRecord accepted(
            ShardedDatabase asked,
            @Nullable AcceptedRecord before,
            @Nullable AcceptedRecord inForceBefore,
            boolean takesSpec,
            TablesDecision tables,
            List<Shard> shards) {
        if (!takesSpec) {
            return inForceBefore == null ? null : inForceBefore.seen(shards);
        }
        return (before == null ? AcceptedRecord.first(asked) : before.after(asked.getSpec(), tables))
                .seen(shards)
                .allowing(TablesPlan.permissions(asked).allowed());
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

    private static DatabaseStep tellShards(
            ObservedDatabase seen,
            @Nullable AcceptedRecord recorded,
            @Nullable AcceptedRecord otherwise,
            boolean paused) {
        return new DatabaseStep.TellShards(view(seen, recorded, paused), view(seen, otherwise, paused));
    }

    /** The tables that shards are to have: only what is recorded is brought to them. */
    private static DatabaseView view(ObservedDatabase seen, @Nullable AcceptedRecord recorded, boolean paused) {
        return recorded == null || recorded.spec().tables().isEmpty()
                ? new DatabaseView(seen.addresses(), null, List.of(), paused)
                : new DatabaseView(seen.addresses(), recorded.definition(), recorded.earlier(), paused);
    }

    private static List<DatabaseStep> record(
            ObservedDatabase seen,
            ShardedDatabase inForce,
            DatabaseMemory memory,
            AcceptedRecord accepted,
            @Nullable AcceptedRecord before,
            TablesDecision tables) {
        List<String> grounds = DatabaseMemory.recordGrounds(inForce, accepted, seen.related());
        if (grounds.equals(memory.recorded())) {
            return List.of();
        }
        List<News> news = new ArrayList<>();
        String difference = SpecWords.difference(before == null ? null : before.spec(), accepted.spec());
        if (!difference.isEmpty()) {
            long generation = Objects.requireNonNullElse(inForce.getMetadata().getGeneration(), 1L);
            news.add(new News(Reason.SpecAccepted, "generation " + generation + " is in force: " + difference));
        }
        news.addAll(TablesPlan.news(tables, before, accepted));
        return List.of(new DatabaseStep.Accept(inForce, accepted, grounds, news));
    }

    private static List<DatabaseStep> objects(
            ObservedDatabase seen, ShardedDatabase inForce, DatabaseMemory memory, List<String> roster) {
        List<DatabaseStep> steps = new ArrayList<>();
        if (!seen.hasCredential()) {
            steps.add(new DatabaseStep.MakeSecret(inForce));
        }
        List<String> grounds = DatabaseMemory.grounds(inForce, seen.related());
        if (!grounds.equals(memory.made())) {
            Map<String, String> existing = new HashMap<>();
            seen.observation()
                    .sets()
                    .forEach((server, set) ->
                            existing.put(server, set.getMetadata().getName()));
            Map<String, String> names =
                    ResourceNames.assign(inForce.getMetadata().getName(), roster, existing);
            steps.add(new DatabaseStep.MakeObjects(inForce, grounds, roster, names));
        }
        return steps;
    }

    private static Arrangement arrange(
            ObservedDatabase seen,
            ShardedDatabase inForce,
            AcceptedRecord accepted,
            List<String> roster,
            DatabaseMemory memory,
            Instant now,
            List<DatabaseStep> steps) {
        DatabaseObservation observation = seen.observation();
        boolean calm = roster.stream().allMatch(observation::ready)
                && observation.shards().values().stream().allMatch(ShardReport::serves);
        Placement.Result placement = PlacementPlan.place(inForce, observation.shards(), roster, accepted, calm);
        List<Refusal> refusals = new ArrayList<>(placement.refusals());
        refusals.addAll(PlacementPlan.leftOut(inForce, observation.shards()));
        steps.add(new DatabaseStep.MarkShards(seen.related().shards()));
        if (!roster.isEmpty()) {
            steps.addAll(PlacementPlan.steps(inForce, observation.shards(), placement, accepted));
        }
        steps.add(new DatabaseStep.KeepTimestamps(inForce, roster));
        TakedownPlan.Result takedown = TakedownPlan.next(
                inForce, observation, roster, placement.leaving(), seen.token(), memory.leaders(), now);
        steps.addAll(takedown.steps());
        return new Arrangement(placement.servers(), refusals, takedown);
    }
}
