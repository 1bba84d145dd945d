package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;

/**
 * Copies what a cache holds, so that a reconcile may change it. Specs and statuses of our resources cannot be changed
 * and are shared; the framework's own way writes an object as JSON and reads that again, before each reconcile.
 */
final class ResourceCopies implements Cloner {

    private final KubernetesSerialization serialization;

    ResourceCopies(KubernetesSerialization serialization) {
        this.serialization = serialization;
    }

    @Override
    @SuppressWarnings("unchecked") // A copy is of the class of what is copied.
    public <R extends HasMetadata> R clone(R resource) {
        return switch (resource) {
            case ShardedDatabase database -> (R) copied(database, new ShardedDatabase());
            case Shard shard -> (R) copied(shard, new Shard());
            default -> serialization.clone(resource);
        };
    }

    private static <S, T, C extends CustomResource<S, T>> C copied(C resource, C copy) {
        copy.setMetadata(new ObjectMetaBuilder(resource.getMetadata()).build());
        copy.setSpec(resource.getSpec());
        copy.setStatus(resource.getStatus());
        return copy;
    }
}
