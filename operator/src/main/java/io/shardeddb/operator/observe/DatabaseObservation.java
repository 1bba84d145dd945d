package io.shardeddb.operator.observe;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.wire.Uid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one database as the caches show them, and what its servers said.
 *
 * @param sets StatefulSets by server name
 * @param pods server pods by server name
 * @param shards shard objects by shard name
 * @param router the router's Deployment
 * @param servers the servers' answers
 */
public record DatabaseObservation(
        Map<String, StatefulSet> sets,
        Map<String, Pod> pods,
        Map<String, Shard> shards,
        @Nullable Deployment router,
        Observed servers) {

    /** Reasons of a container's waiting that are no fault. */
    private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

    /** StatefulSets by the server name in their annotation. */
    public static Map<String, StatefulSet> byServer(List<StatefulSet> sets) {
        Map<String, StatefulSet> byName = new LinkedHashMap<>();
        sets.forEach(set -> byName.put(
                serverName(set.getMetadata().getAnnotations(), set.getMetadata().getName()), set));
        return byName;
    }

    /** Pods by the server name in their annotation. */
    public static Map<String, Pod> podsByServer(List<Pod> pods) {
        Map<String, Pod> byName = new LinkedHashMap<>();
        pods.forEach(pod -> byName.put(
                serverName(pod.getMetadata().getAnnotations(), pod.getMetadata().getName()), pod));
        return byName;
    }

    private static String serverName(@Nullable Map<String, String> annotations, String fallback) {
        return annotations == null
                ? fallback
                : Objects.requireNonNullElse(annotations.get(ApiNames.SERVER_NAME_ANNOTATION), fallback);
    }

    /** Whether a server's pod is ready. */
    public boolean ready(String server) {
        Pod pod = pods.get(server);
        return pod != null
                && pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /** Whether a server's pod runs another template than its StatefulSet has. */
    public boolean outdated(String server) {
        Pod pod = pods.get(server);
        StatefulSet set = sets.get(server);
        if (pod == null
                || set == null
                || set.getStatus() == null
                || pod.getMetadata().getLabels() == null) {
            return false;
        }
        String wanted = set.getStatus().getUpdateRevision();
        String has = pod.getMetadata().getLabels().get("controller-revision-hash");
        boolean current = Objects.equals(
                set.getStatus().getObservedGeneration(), set.getMetadata().getGeneration());
        return current && wanted != null && has != null && !wanted.equals(has);
    }

    /** Whether a server's pod is known to run the template that its StatefulSet has. */
    public boolean current(String server) {
        StatefulSet set = sets.get(server);
        return set != null
                && pods.containsKey(server)
                && set.getStatus() != null
                && Objects.equals(
                        set.getStatus().getObservedGeneration(),
                        set.getMetadata().getGeneration())
                && !outdated(server);
    }

    /** Whether all routers are known to run the Deployment's template. */
    public boolean routersCurrent() {
        return router != null
                && router.getStatus() != null
                && Objects.equals(
                        router.getStatus().getObservedGeneration(),
                        router.getMetadata().getGeneration())
                && Objects.requireNonNullElse(router.getStatus().getUpdatedReplicas(), 0)
                        >= Objects.requireNonNullElse(router.getSpec().getReplicas(), 1);
    }

    /** Whether a server's pod cannot run as it is (its image, its start): nothing is taken away by replacing it. */
    public boolean broken(String server) {
        Pod pod = pods.get(server);
        if (pod == null || pod.getStatus() == null || ready(server)) {
            return false;
        }
        boolean waits = pod.getStatus().getContainerStatuses() != null
                && pod.getStatus().getContainerStatuses().stream()
                        .anyMatch(container -> container.getState() != null
                                && container.getState().getWaiting() != null
                                && container.getState().getWaiting().getReason() != null
                                && !isStarting(container.getState().getWaiting().getReason()));
        boolean silent = !servers.servers().containsKey(server);
        return waits || (silent && "Pending".equals(pod.getStatus().getPhase()));
    }

    /** Whether a container that waits for this reason is on its way, and nothing is wrong. */
    public static boolean isStarting(@Nullable String reason) {
        return reason == null || STARTING.contains(reason);
    }

    /** Group uids by shard name. */
    public Map<String, Uid> groups(java.util.function.Function<String, Uid> parse) {
        Map<String, Uid> groups = new LinkedHashMap<>();
        shards.forEach((name, shard) -> groups.put(name, parse.apply(shard.groupUid())));
        return groups;
    }
}
