package io.shardeddb.operator.reconcile;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.shardeddb.crds.Shard;

/** Hands each change of a shard, and each moment at which it asked for it, to its loop. */
@ControllerConfiguration(name = "shard")
public final class ShardReconciler implements Reconciler<Shard> {

    private final ShardLoop loop;

    ShardReconciler(ShardLoop loop) {
        this.loop = loop;
    }

    @Override
    public UpdateControl<Shard> reconcile(Shard shard, Context<Shard> context) throws InterruptedException {
        return UpdateControl.<Shard>noUpdate().rescheduleAfter(loop.look(shard));
    }
}
