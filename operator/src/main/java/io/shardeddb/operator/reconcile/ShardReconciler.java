package io.shardeddb.operator.reconcile;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.shardeddb.crds.Shard;
import java.util.List;

/**
 * Passes each change of a shard to the shard's loop, and each moment at which the shard or its database asked for a
 * reconcile. A shard that is being deleted is passed on too, because the loop writes the finalizer itself.
 */
@ControllerConfiguration(name = "shard", triggerReconcilerOnAllEvents = true)
public final class ShardReconciler implements Reconciler<Shard> {

    private final ShardLoop loop;
    private final ReconcileTimes times;
    private final ShardWake wake;

    ShardReconciler(ShardLoop loop, ReconcileTimes times, ShardWake wake) {
        this.loop = loop;
        this.times = times;
        this.wake = wake;
    }

    @Override
    public List<EventSource<?, Shard>> prepareEventSources(EventSourceContext<Shard> context) {
        SimpleInboundEventSource<Shard> woken = new SimpleInboundEventSource<>("woken");
        wake.listen(shard -> woken.propagateEvent(ResourceID.fromResource(shard)));
        return List.of(woken);
    }

    @Override
    public UpdateControl<Shard> reconcile(Shard shard, Context<Shard> context) throws InterruptedException {
        if (context.isPrimaryResourceDeleted()) {
            return UpdateControl.noUpdate();
        }
        return UpdateControl.<Shard>noUpdate().rescheduleAfter(times.of(() -> loop.reconcile(shard)));
    }
}
