package io.shardeddb.cli.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.status.StatusReport.ConditionStatus;
import io.shardeddb.cli.status.StatusReport.Database;
import io.shardeddb.cli.status.StatusReport.IntervalState;
import io.shardeddb.cli.status.StatusReport.PodStatus;
import io.shardeddb.cli.status.StatusReport.ProcessStatus;
import io.shardeddb.cli.status.StatusReport.ReplicaState;
import io.shardeddb.cli.status.StatusReport.ShardState;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the report from the objects that the cluster holds. */
public final class StatusReader {

    private static final String COMPONENT_LABEL = "app.kubernetes.io/component";

    private StatusReader() {}

    /**
     * Reads everything once.
     *
     * @param processes the local cluster's processes; null for a cluster elsewhere
     */
    public static StatusReport read(Cluster cluster, @Nullable LocalProcesses processes) {
        List<Shard> shards = cluster.shards();
        List<Database> databases = cluster.databases().stream()
                .map(database -> database(database, shards))
                .toList();
        List<PodStatus> pods =
                cluster.pods().stream().map(pod -> pod(pod, processes)).toList();
        String api = cluster.api().address();
        StatusReport.ClusterStatus where = processes == null
                ? new StatusReport.ClusterStatus("kubernetes", null, null, api)
                : new StatusReport.ClusterStatus(
                        "local",
                        processes.home().path().toString(),
                        processes.daemon().orElse(null),
                        api);
        return new StatusReport(where, databases, pods);
    }

    static Database database(ShardedDatabase database, List<Shard> shards) {
        @Nullable ShardedDatabaseStatus status = database.getStatus();
        String name = database.getMetadata().getName();
        List<ConditionStatus> conditions = new ArrayList<>();
        if (status != null) {
            for (Condition condition : status.conditions()) {
                conditions.add(new ConditionStatus(
                        condition.getType(), condition.getStatus(), condition.getReason(), condition.getMessage()));
            }
        }
        boolean ready = conditions.stream()
                .anyMatch(condition ->
                        condition.type().equals("Ready") && condition.status().equals("True"));
        return new Database(
                name,
                database.getMetadata().getNamespace(),
                ready,
                status == null ? null : status.endpoint(),
                status == null ? null : status.grpcEndpoint(),
                administration(status),
                conditions,
                shards.stream()
                        .filter(shard -> shard.getSpec().database().equals(name))
                        .map(StatusReader::shard)
                        .toList());
    }

    private static @Nullable String administration(@Nullable ShardedDatabaseStatus status) {
        @Nullable Administration mode = status == null ? null : status.administration();
        return mode == null ? null : mode.name();
    }

    /** A shard as the report has it. */
    public static ShardState shard(Shard shard) {
        @Nullable ShardStatus status = shard.getStatus();
        List<ReplicaState> replicas = status == null
                ? List.of()
                : status.replicas().stream()
                        .map(replica -> new ReplicaState(
                                replica.server(),
                                replica.memberId(),
                                replica.role(),
                                replica.state(),
                                replica.appliedIndex(),
                                replica.matchIndex(),
                                replica.lag(),
                                replica.copy(),
                                replica.message()))
                        .toList();
        return new ShardState(
                shard.getSpec().name(),
                shard.groupUid(),
                new IntervalState(
                        shard.getSpec().interval().from(),
                        shard.getSpec().interval().to()),
                status == null ? "Pending" : status.phase().name(),
                status == null ? null : status.leader(),
                status == null ? null : status.term(),
                status == null ? null : status.commitIndex(),
                replicas);
    }

    static PodStatus pod(Pod pod, @Nullable LocalProcesses processes) {
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        Map<String, String> labels = pod.getMetadata().getLabels();
        Map<String, Long> ids = processes == null ? Map.of() : processes.ofPod(namespace, name);
        List<ProcessStatus> containers = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            @Nullable ContainerStatus status = containerStatus(pod, container.getName());
            containers.add(new ProcessStatus(
                    container.getName(),
                    ids.get(container.getName()),
                    status != null && Boolean.TRUE.equals(status.getReady()),
                    status == null || status.getRestartCount() == null ? 0 : status.getRestartCount()));
        }
        String phase = pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? "Pending"
                : pod.getStatus().getPhase();
        return new PodStatus(
                name,
                namespace,
                labels.getOrDefault(COMPONENT_LABEL, "unknown"),
                labels.get(ApiNames.DATABASE_LABEL),
                Cluster.serverName(pod),
                pod.getStatus() == null ? null : pod.getStatus().getPodIP(),
                phase,
                !containers.isEmpty() && containers.stream().allMatch(ProcessStatus::ready),
                processes == null ? null : dataDirectory(pod, processes),
                containers);
    }

    private static @Nullable ContainerStatus containerStatus(Pod pod, String container) {
        return pod.getStatus() == null
                ? null
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> status.getName().equals(container))
                        .findFirst()
                        .orElse(null);
    }

    private static @Nullable String dataDirectory(Pod pod, LocalProcesses processes) {
        return processes.volume(pod).map(Path::toString).orElse(null);
    }
}
