package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
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
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.Related;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Hands each change of a database and of what belongs to it, as the caches show it, to its loop. The caches hold only
 * what carries the operator's label.
 */
@ControllerConfiguration(name = "shardeddatabase", finalizerName = ApiNames.FINALIZER)
public final class ShardedDatabaseReconciler implements Reconciler<ShardedDatabase>, Cleaner<ShardedDatabase> {

    private final DatabaseLoop loop;
    private final ReconcileTimes times;

    ShardedDatabaseReconciler(DatabaseLoop loop, ReconcileTimes times) {
        this.loop = loop;
        this.times = times;
    }

    @Override
    public List<EventSource<?, ShardedDatabase>> prepareEventSources(EventSourceContext<ShardedDatabase> context) {
        return List.of(
                source(StatefulSet.class, context),
                source(Pod.class, context),
                source(Deployment.class, context),
                source(Service.class, context),
                source(ConfigMap.class, context),
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
        return UpdateControl.<ShardedDatabase>noUpdate()
                .rescheduleAfter(times.of(() -> loop.reconcile(database, related(context))));
    }

    @Override
    public DeleteControl cleanup(ShardedDatabase database, Context<ShardedDatabase> context) {
        return loop.remove(database, related(context))
                ? DeleteControl.defaultDelete()
                : DeleteControl.noFinalizerRemoval().rescheduleAfter(DatabaseLoop.BUSY);
    }

    private static Related related(Context<ShardedDatabase> context) {
        return new Related(
                all(context, StatefulSet.class),
                all(context, Pod.class),
                all(context, Deployment.class),
                all(context, Service.class),
                all(context, Shard.class),
                all(context, ConfigMap.class));
    }

    private static <R extends HasMetadata> List<R> all(Context<ShardedDatabase> context, Class<R> type) {
        return context.getSecondaryResourcesAsStream(type)
                .sorted(Comparator.comparing(resource -> resource.getMetadata().getName()))
                .toList();
    }
}
