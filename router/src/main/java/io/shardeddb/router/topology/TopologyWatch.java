package io.shardeddb.router.topology;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.router.config.RouterSettings;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the database's objects in Kubernetes. While the API is away the last topology stays; when it is back, the
 * informers list and watch again.
 */
public final class TopologyWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopologyWatch.class);

    private final LatestTopology topology;
    private final String name;
    private final AtomicReference<@Nullable ShardedDatabase> database = new AtomicReference<>();
    private final SharedIndexInformer<ShardedDatabase> databases;
    private final SharedIndexInformer<Shard> shards;
    private final SharedIndexInformer<ConfigMap> catalogs;
    private final CatalogMemory memory = new CatalogMemory();

    /** Prepares to follow; {@link #start} begins. */
    public TopologyWatch(KubernetesClient client, RouterSettings settings, LatestTopology topology) {
        this.topology = topology;
        this.name = settings.namespace() + "/" + settings.database();
        databases = client.resources(ShardedDatabase.class)
                .inNamespace(settings.namespace())
                .withName(settings.database())
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> again("the database", failure))
                .addEventHandler(new Handler<>());
        shards = client.resources(Shard.class)
                .inNamespace(settings.namespace())
                .withLabel(ApiNames.DATABASE_LABEL, settings.database())
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> again("the shards", failure))
                .addEventHandler(new Handler<>());
        // Until an operator of this release has allowed it, the API refuses this one; it is asked again and again.
        catalogs = client.configMaps()
                .inNamespace(settings.namespace())
                .withName(Catalog.objectName(settings.database()))
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> again("the catalog", failure))
                .addEventHandler(new Handler<>());
    }

    private static boolean again(String what, Throwable failure) {
        LOG.warn("Watching {} failed; the last known topology stays, trying again: {}", what, failure.toString());
        return true;
    }

    /** Begins to follow, in the background. */
    public void start() {
        var _ = databases.start();
        var _ = shards.start();
        var _ = catalogs.start();
        LOG.info("Following the objects of database {}", name);
    }

    /** The database's object as last seen. */
    public @Nullable ShardedDatabase database() {
        return database.get();
    }

    private synchronized void changed() {
        List<ShardedDatabase> found = databases.getStore().list();
        // A deleted object takes this router with it; until then the last topology serves.
        if (found.isEmpty() || !shards.hasSynced()) {
            return;
        }
        database.set(found.getFirst());
        try {
            List<ConfigMap> maps = catalogs.getStore().list();
            Catalog catalog = memory.latest(
                    found.getFirst().getMetadata().getUid(),
                    maps.isEmpty() || maps.getFirst().getData() == null
                            ? null
                            : maps.getFirst().getData().get(Catalog.KEY));
            topology.publish(
                    TopologyReader.read(found.getFirst(), shards.getStore().list(), catalog, topology.current()));
        } catch (RuntimeException e) {
            LOG.error("The database's objects make no topology; the last known one stays: {}", e.getMessage());
        }
    }

    /**
     * Whether an update of a shard may change the topology. Nearly all do not: the status of each shard is written
     * every few seconds while clients write, and with many shards the router would do nothing else but read them all
     * again.
     */
    static boolean concerns(Object before, Object after) {
        if (!(before instanceof Shard one) || !(after instanceof Shard other)) {
            return true;
        }
        Long generation = other.getMetadata().getGeneration();
        return generation == null
                || !generation.equals(one.getMetadata().getGeneration())
                || !Objects.equals(
                        one.getMetadata().getUid(), other.getMetadata().getUid())
                || !Objects.equals(
                        one.getMetadata().getDeletionTimestamp(),
                        other.getMetadata().getDeletionTimestamp());
    }

    private final class Handler<T> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            changed();
        }

        @Override
        public void onUpdate(T before, T after) {
            if (concerns(before, after)) {
                changed();
            }
        }

        @Override
        public void onDelete(T object, boolean stateUnknown) {
            changed();
        }

        @Override
        public void onList(String resourceVersion, boolean remainedEmpty) {
            changed();
        }
    }

    @Override
    public void close() {
        databases.close();
        shards.close();
        catalogs.close();
    }
}
