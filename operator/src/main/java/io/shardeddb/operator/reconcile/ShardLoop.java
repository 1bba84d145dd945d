package io.shardeddb.operator.reconcile;

import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.act.TablesRefused;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.Setbacks;
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.TablesRefusal;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.plan.database.DatabaseView;
import io.shardeddb.operator.plan.database.TakedownPlan;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.Hysteresis;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one shard to its placement: observe, plan, report, act. */
final class ShardLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLoop.class);
    private static final Duration BUSY = Duration.ofMillis(500);
    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final Duration FIGURES = Duration.ofSeconds(10);

    private final ObjectWriter writer;
    private final ShardKeeper keeper;
    private final ServerPoll poll;
    private final ShardActor actor;
    private final EventLog events;
    private final DatabaseViews views;
    private final Pace pace;
    private final InstantSource clock;
    private final Map<String, Instant> written = new ConcurrentHashMap<>();
    private final Map<String, Hysteresis> hysteresis = new ConcurrentHashMap<>();
    private final Map<String, TablesRefusal> refusals = new ConcurrentHashMap<>();
    private final Map<String, Setbacks> setbacks = new ConcurrentHashMap<>();

    ShardLoop(
            ObjectWriter writer,
            ShardKeeper keeper,
            ServerPoll poll,
            ShardActor actor,
            EventLog events,
            DatabaseViews views,
            InstantSource clock) {
        this.writer = writer;
        this.keeper = keeper;
        this.poll = poll;
        this.actor = actor;
        this.events = events;
        this.views = views;
        this.pace = new Pace(views, clock);
        this.clock = clock;
    }

    /** Reconciles once; returns when to do so again without a change. */
    Duration reconcile(Shard shard) throws InterruptedException {
        DatabaseView database = views.get(
                        shard.getMetadata().getNamespace(), shard.getSpec().database())
                .orElse(null);
        boolean deleted = shard.getMetadata().getDeletionTimestamp() != null;
        Optional<ShardStep.Withhold> kept = deleted ? kept(shard) : Optional.empty();
        if (database == null || (deleted && kept.isEmpty())) {
            hysteresis.remove(shard.getMetadata().getUid());
            refusals.remove(shard.getMetadata().getUid());
            setbacks.remove(shard.getMetadata().getUid());
            return BUSY;
        }
        String key = shard.getMetadata().getUid();
        TablesRefusal refusal = refusals.get(key);
        ShardView view = new ShardView(
                Uids.ofResource(shard.groupUid()),
                shard.getSpec(),
                database.addresses(),
                poll.ask(database.addresses()),
                database.schema(),
                database.earlier(),
                TakedownPlan.preferredLeader(shard),
                annotation(shard, ApiNames.RECOVER_FROM_ANNOTATION),
                refusal == null ? null : refusal.of(database.schema(), clock.instant()),
                setbacks(key).at(clock.instant()));
        List<ShardStep> steps = new ArrayList<>();
        kept.ifPresent(steps::add);
        steps.addAll(ShardPlan.next(view));
        ShardReport.Told told =
                ShardReport.of(shard, view, steps, hysteresis.getOrDefault(key, Hysteresis.NONE), clock);
        hysteresis.put(key, told.hysteresis());
        ShardStatus status = told.status();
        report(shard, status);
        boolean acted = !database.paused() && act(shard, status, steps, database);
        boolean rests = !acted && !told.held() && status.phase() == ShardPhase.Ready;
        return rests
                ? pace.rest(
                        SETTLED,
                        shard.getMetadata().getNamespace(),
                        shard.getSpec().database())
                : BUSY;
    }

    /** Why a deleted shard stays; absent when it goes. */
    private Optional<ShardStep.Withhold> kept(Shard shard) {
        try {
            return keeper.deleted(shard);
        } catch (StepFailed e) {
            // It stays as it is until the next reconcile.
            LOG.info("shard {}: {}", shard.getMetadata().getName(), e.getMessage());
            return Optional.empty();
        }
    }

    private Setbacks setbacks(String key) {
        Setbacks recent = setbacks.getOrDefault(key, Setbacks.NONE).recent(clock.instant());
        if (recent.failures().isEmpty()) {
            setbacks.remove(key);
        } else {
            setbacks.put(key, recent);
        }
        return recent;
    }

    private static @Nullable String annotation(Shard shard, String name) {
        Map<String, String> annotations = shard.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(name);
    }

    private boolean act(Shard shard, ShardStatus status, List<ShardStep> steps, DatabaseView database) {
        events.standing(
                shard,
                ShardReport.withheld(shard, status)
                        .map(refusal -> Map.of(refusal.reason(), refusal.message()))
                        .orElse(Map.of()));
        return actor.perform(shard, steps, database.addresses(), new ShardActor.Listener() {
            @Override
            public void done(ShardActor.Done done) {
                events.done(shard, done.reason(), done.what());
            }

            @Override
            public void tried(ShardStep step, @Nullable StepFailed failure) {
                if (failure instanceof TablesRefused refused) {
                    refused(shard, database.schema(), refused);
                } else {
                    remember(shard, step, failure);
                }
            }
        });
    }

    private void refused(Shard shard, @Nullable SchemaDefinition schema, TablesRefused refused) {
        LOG.info("shard {}: the tables were refused: {}", shard.getMetadata().getName(), refused.getMessage());
        if (schema != null) {
            refusals.compute(
                    shard.getMetadata().getUid(),
                    (_, before) ->
                            TablesRefusal.after(before, schema, String.valueOf(refused.getMessage()), clock.instant()));
        }
    }

    /**
     * Refused or unknown: the next reconcile sees what is and decides again; the same step is spaced out if it keeps
     * failing.
     */
    private void remember(Shard shard, ShardStep step, @Nullable StepFailed failure) {
        if (failure == null) {
            setbacks.computeIfPresent(shard.getMetadata().getUid(), (_, before) -> before.done(step));
            return;
        }
        LOG.info("shard {}: {}", shard.getMetadata().getName(), failure.getMessage());
        if (!failure.overtaken()) {
            setbacks.merge(
                    shard.getMetadata().getUid(),
                    Setbacks.NONE.failed(step, String.valueOf(failure.getMessage()), clock.instant()),
                    (before, _) -> before.failed(step, String.valueOf(failure.getMessage()), clock.instant()));
        }
    }

    private void report(Shard shard, ShardStatus status) {
        ShardStatus before = shard.getStatus();
        String key = shard.getMetadata().getUid();
        Instant now = clock.instant();
        boolean figuresDue =
                now.isAfter(written.getOrDefault(key, Instant.EPOCH).plus(pace.stretched(FIGURES)));
        if (!ShardReport.material(before, status) && !(figuresDue && ShardReport.moved(before, status))) {
            return;
        }
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setSpec(shard.getSpec());
        changed.setStatus(status);
        try {
            Shard stored = writer.replaceStatus(changed);
            shard.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
            shard.setStatus(status);
            written.put(key, now);
        } catch (StepFailed e) {
            // The object changed meanwhile, mostly; the next reconcile reports on the newer one.
            LOG.debug("{}", e.getMessage());
        }
    }
}
