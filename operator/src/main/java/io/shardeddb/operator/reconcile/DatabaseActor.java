package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.act.DatabaseObjects;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.database.DatabasePlan;
import io.shardeddb.operator.plan.database.DatabaseStep;
import io.shardeddb.operator.plan.database.DatabaseStep.News;
import io.shardeddb.operator.plan.database.DatabaseStep.Stage;
import io.shardeddb.operator.plan.database.DatabaseView;
import io.shardeddb.operator.plan.database.ObservedDatabase;
import io.shardeddb.operator.report.EventLog;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a database's plan says, step by step. It decides nothing but that a failed step ends its stage. */
final class DatabaseActor {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseActor.class);

    private final DatabaseObjects objects;
    private final ObjectWriter writer;
    private final ShardKeeper keeper;
    private final ShardActor shards;
    private final ServerRemoval removal;
    private final TimestampEpochs timestamps;
    private final Doors doors;
    private final TableTrials trials;
    private final EventLog events;

    DatabaseActor(
            DatabaseObjects objects,
            ObjectWriter writer,
            ShardKeeper keeper,
            ShardActor shards,
            ServerRemoval removal,
            TimestampEpochs timestamps,
            Doors doors,
            TableTrials trials,
            EventLog events) {
        this.objects = objects;
        this.writer = writer;
        this.keeper = keeper;
        this.shards = shards;
        this.removal = removal;
        this.timestamps = timestamps;
        this.doors = doors;
        this.trials = trials;
        this.events = events;
    }

    /**
     * The outcome of the steps.
     *
     * @param failed stages of which a step failed
     * @param failure why the first step failed, if one did; absent too when it only came too late
     * @param wrote whether the database's objects were written
     * @param unchanged steps that found everything as it should be
     * @param refusals what cannot be done now
     * @param credential whether the secret of the database is required; absent when there is none
     */
    record Outcome(
            Set<Stage> failed,
            @Nullable String failure,
            boolean wrote,
            List<DatabaseStep> unchanged,
            List<Refusal> refusals,
            @Nullable String credential) {

        boolean recorded() {
            return !failed.contains(Stage.RECORD);
        }
    }

    /** What is noted while steps are done. */
    private static final class Notes {
        private final Set<Stage> failed = EnumSet.noneOf(Stage.class);
        private final List<DatabaseStep> unchanged = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private @Nullable String failure;
        private @Nullable String credential;
        private boolean wrote;
    }

    /**
     * Does the steps of a plan.
     *
     * @param failure why the observation is not whole, if it is not
     * @param told hands on what the shards need
     */
    Outcome perform(DatabasePlan plan, ObservedDatabase seen, @Nullable String failure, Consumer<DatabaseView> told)
            throws InterruptedException {
        Notes notes = new Notes();
        notes.failure = failure;
        for (DatabaseStep step : plan.steps()) {
            Stage stage = step.stage();
            boolean misses = stage.isAfterRecord() && notes.failed.contains(Stage.RECORD);
            if (misses || notes.failed.contains(stage)) {
                continue;
            }
            try {
                perform(step, seen, notes, told);
            } catch (StepFailed e) {
                // It is in the report, and the next reconcile decides again.
                LOG.info("{}", e.getMessage());
                notes.failed.add(stage);
                if (!e.overtaken() && notes.failure == null) {
                    notes.failure = e.getMessage();
                }
            }
        }
        return new Outcome(notes.failed, notes.failure, notes.wrote, notes.unchanged, notes.refusals, notes.credential);
    }

    private void perform(DatabaseStep step, ObservedDatabase seen, Notes notes, Consumer<DatabaseView> told)
            throws StepFailed, InterruptedException {
        ShardedDatabase asked = seen.asked();
        switch (step) {
            case DatabaseStep.Tell tell -> tell(asked, tell.news());
            case DatabaseStep.TryTables tables ->
                trials.begin(asked.getMetadata().getUid(), tables.trial());
            case DatabaseStep.Accept accept -> {
                boolean written = objects.accept(accept.inForce(), accept.accepted(), seen.related());
                accept.news().forEach(news -> tell(asked, news));
                if (!written) {
                    notes.unchanged.add(accept);
                }
            }
            case DatabaseStep.MakeSecret make -> doors.make(make.inForce(), seen.related());
            case DatabaseStep.MakeObjects make -> make(make, seen, notes);
            case DatabaseStep.TellShards tell ->
                told.accept(notes.failed.contains(Stage.RECORD) ? tell.otherwise() : tell.recorded());
            case DatabaseStep.MarkShards mark -> keeper.mark(mark.shards());
            case DatabaseStep.MakeShard make -> {
                if (writer.create(make.shard())) {
                    tell(asked, make.news());
                }
            }
            case DatabaseStep.PlaceShard place -> place(asked, place);
            case DatabaseStep.KeepTimestamps keep ->
                notes.refusals.addAll(timestamps.next(
                        keep.inForce(),
                        seen.related(),
                        keep.roster(),
                        seen.addresses(),
                        seen.observation().servers()));
            case DatabaseStep.RestartPod restart -> {
                writer.deleteExactly(restart.pod());
                tell(
                        asked,
                        new News(Reason.RollingServers, "restarting " + restart.server() + " with its new template"));
            }
            case DatabaseStep.RemoveServer remove ->
                removal.remove(remove.inForce(), seen.observation(), remove.server());
            case DatabaseStep.RankCandidates rank -> shards.rank(rank.server(), rank.address(), rank.ranks());
            case DatabaseStep.MoveLeader move -> move(move);
            case DatabaseStep.ChangeCredential change ->
                notes.credential = doors.next(change.inForce(), seen.related(), seen.observation(), change.mayAct());
        }
    }

    private void tell(ShardedDatabase database, News news) {
        events.done(database, news.reason(), news.message());
    }

    private void make(DatabaseStep.MakeObjects make, ObservedDatabase seen, Notes notes) throws StepFailed {
        DatabaseObjects.Applied applied = objects.apply(
                make.inForce(),
                seen.related(),
                make.roster(),
                seen.observation().sets(),
                make.names());
        for (String server : applied.made()) {
            tell(seen.asked(), new News(Reason.ServerCreated, "made server " + server));
        }
        notes.wrote = applied.changed();
        if (!applied.changed()) {
            notes.unchanged.add(make);
        }
    }

    /** With the metadata as they are by now: the finalizer may just have been put on. */
    private void place(ShardedDatabase database, DatabaseStep.PlaceShard place) throws StepFailed {
        Shard changed = new Shard();
        changed.setMetadata(place.shard().getMetadata());
        changed.setStatus(place.shard().getStatus());
        changed.setSpec(place.placed());
        writer.replace(changed);
        News news = place.news();
        if (news != null) {
            tell(database, news);
        }
    }

    private void move(DatabaseStep.MoveLeader move) throws StepFailed {
        Map<String, String> addresses = move.shard().getSpec().replicas().stream()
                .filter(replica -> replica.address() != null)
                .collect(Collectors.toMap(ShardReplicaSpec::server, ShardReplicaSpec::address, (_, last) -> last));
        ShardActor.Done done = shards.perform(move.shard(), move.move(), addresses);
        if (done != null) {
            events.done(move.shard(), done.reason(), done.what());
        }
    }
}
