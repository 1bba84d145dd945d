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
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.TablesRefusal;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.Patience;
import io.shardeddb.operator.report.ShardReport;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
    private final ServerPoll poll;
    private final ShardActor actor;
    private final EventLog events;
    private final DatabaseViews views;
    private final Pace pace;
    private final InstantSource clock;
    private final Map<String, Instant> written = new ConcurrentHashMap<>();
    private final Map<String, Patience> patience = new ConcurrentHashMap<>();
    private final Map<String, TablesRefusal> refusals = new ConcurrentHashMap<>();

    ShardLoop(
            ObjectWriter writer,
            ServerPoll poll,
            ShardActor actor,
            EventLog events,
            DatabaseViews views,
            InstantSource clock) {
        this.writer = writer;
        this.poll = poll;
        this.actor = actor;
        this.events = events;
        this.views = views;
        this.pace = new Pace(views, clock);
        this.clock = clock;
    }

    /** One look; returns when to look again without a change. */
    Duration look(Shard shard) throws InterruptedException {
        DatabaseViews.DatabaseView database = views.get(
                        shard.getMetadata().getNamespace(), shard.getSpec().database())
                .orElse(null);
        if (database == null || shard.getMetadata().getDeletionTimestamp() != null) {
            patience.remove(shard.getMetadata().getUid());
            refusals.remove(shard.getMetadata().getUid());
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
                preferredLeader(shard),
                annotation(shard, ApiNames.RECOVER_FROM_ANNOTATION),
                refusal == null ? null : refusal.of(database.schema(), clock.instant()));
        List<ShardStep> steps = ShardPlan.next(view);
        ShardReport.Told told = ShardReport.of(shard, view, steps, patience.getOrDefault(key, Patience.NONE), clock);
        patience.put(key, told.patience());
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

    /** The server that a person wants to lead a shard. */
    static @Nullable String preferredLeader(Shard shard) {
        return annotation(shard, ApiNames.PREFERRED_LEADER_ANNOTATION);
    }

    private static @Nullable String annotation(Shard shard, String name) {
        Map<String, String> annotations = shard.getMetadata().getAnnotations();
        return annotations == null ? null : annotations.get(name);
    }

    private boolean act(Shard shard, ShardStatus status, List<ShardStep> steps, DatabaseViews.DatabaseView database) {
        events.standing(
                shard,
                ShardReport.withheld(shard, status)
                        .map(refusal -> Map.of(refusal.reason(), refusal.message()))
                        .orElse(Map.of()));
        try {
            return actor.perform(
                    shard, steps, database.addresses(), done -> events.done(shard, done.reason(), done.what()));
        } catch (TablesRefused e) {
            LOG.info(
                    "shard {}: the tables were refused: {}", shard.getMetadata().getName(), e.getMessage());
            SchemaDefinition schema = database.schema();
            if (schema != null) {
                refusals.compute(
                        shard.getMetadata().getUid(),
                        (_, before) ->
                                TablesRefusal.after(before, schema, String.valueOf(e.getMessage()), clock.instant()));
            }
            return true;
        } catch (StepFailed e) {
            // Refused or unknown: the next look, half a second from now, sees what is and decides anew.
            LOG.info("shard {}: {}", shard.getMetadata().getName(), e.getMessage());
            return true;
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
            // The object changed meanwhile, mostly; the next look reports on the newer one.
            LOG.debug("{}", e.getMessage());
        }
    }
}
