package io.shardeddb.operator.observe;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.Shard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one database, as a cache or the API shows it.
 *
 * @param sets the StatefulSets, one per server
 * @param pods the pods of servers and routers
 * @param deployments the router's Deployment
 * @param services the Services
 * @param shards the shards
 * @param records the ConfigMap with the accepted spec
 */
public record Related(
        List<StatefulSet> sets,
        List<Pod> pods,
        List<Deployment> deployments,
        List<Service> services,
        List<Shard> shards,
        List<ConfigMap> records) {

    /** The object of a name, if it is there. */
    public static <R extends HasMetadata> @Nullable R find(List<R> objects, String name) {
        return objects.stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
