package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.ShardPlan;
import io.shardeddb.operator.plan.ShardStep;
import io.shardeddb.operator.plan.ShardView;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.operator.report.ShardReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one shard to its placement: observe, plan, act, report. */
@ControllerConfiguration(name = "shard")
public final class ShardReconciler implements Reconciler<Shard> {

    private static final Logger LOG = LoggerFactory.getLogger(ShardReconciler.class);
    private static final Duration BUSY = Duration.ofMillis(500);
    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final Duration FIGURES = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final ServerPoll poll;
    private final ShardActor actor;
    private final EventLog events;
    private final DatabaseViews views;
    private final InstantSource clock;
    private final Map<String, Instant> written = new ConcurrentHashMap<>();

    ShardReconciler(
            KubernetesClient client,
            ServerPoll poll,
            ShardActor actor,
            EventLog events,
            DatabaseViews views,
            InstantSource clock) {
        this.client = client;
        this.poll = poll;
        this.actor = actor;
        this.events = events;
        this.views = views;
        this.clock = clock;
    }

    @Override
    public UpdateControl<Shard> reconcile(Shard shard, Context<Shard> context) throws InterruptedException {
        DatabaseViews.DatabaseView database = views.get(
                        shard.getMetadata().getNamespace(), shard.getSpec().database())
                .orElse(null);
        if (database == null || shard.getMetadata().getDeletionTimestamp() != null) {
            return UpdateControl.<Shard>noUpdate().rescheduleAfter(BUSY);
        }
        ShardView view = new ShardView(
                Uids.ofResource(shard.getMetadata().getUid()),
                shard.getSpec(),
                database.addresses(),
                poll.ask(database.addresses()),
                database.schema());
        List<ShardStep> steps = ShardPlan.next(view);
        ShardStatus status = ShardReport.of(shard, view, steps, clock);
        report(shard, status);
        boolean acted = !database.paused() && act(shard, steps, database.addresses());
        boolean settled = !acted && status.phase() == ShardPhase.Ready;
        return UpdateControl.<Shard>noUpdate().rescheduleAfter(settled ? SETTLED : BUSY);
    }

    private boolean act(Shard shard, List<ShardStep> steps, Map<String, String> addresses) {
        for (ShardStep step : steps) {
            if (step instanceof ShardStep.Withhold withhold) {
                events.warn(shard, withhold.reason(), withhold.what());
            }
        }
        try {
            List<String> done = actor.perform(shard, steps, addresses);
            done.forEach(sentence -> events.done(shard, reason(steps), sentence));
            return !done.isEmpty();
        } catch (StepFailed e) {
            // Refused or unknown: the next look, half a second from now, sees what is and decides anew.
            LOG.info("shard {}: {}", shard.getMetadata().getName(), e.getMessage());
            return true;
        }
    }

    private static Reason reason(List<ShardStep> steps) {
        return steps.stream().anyMatch(ShardStep.Bootstrap.class::isInstance)
                ? Reason.ShardBootstrapped
                : steps.stream().anyMatch(ShardStep.MoveLeader.class::isInstance)
                        ? Reason.LeaderMoved
                        : Reason.MembershipChanged;
    }

    private void report(Shard shard, ShardStatus status) {
        ShardStatus before = shard.getStatus();
        String key = shard.getMetadata().getUid();
        Instant now = clock.instant();
        boolean figuresDue =
                now.isAfter(written.getOrDefault(key, Instant.EPOCH).plus(FIGURES));
        if (!ShardReport.material(before, status) && (!figuresDue || status.equals(before))) {
            return;
        }
        Shard changed = new Shard();
        changed.setMetadata(shard.getMetadata());
        changed.setSpec(shard.getSpec());
        changed.setStatus(status);
        try {
            Shard stored = client.resource(changed).updateStatus();
            shard.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
            shard.setStatus(status);
            written.put(key, now);
        } catch (KubernetesClientException e) {
            // The object changed meanwhile; the next look reports on the newer one.
            LOG.debug("status of shard {}: {}", shard.getMetadata().getName(), e.getMessage());
        }
    }
}
