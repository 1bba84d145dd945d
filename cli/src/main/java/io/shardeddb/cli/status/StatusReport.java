package io.shardeddb.cli.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sdb status} shows. As JSON it is an interface of its own (docs/status.md): fields are added, never
 * renamed or removed, and an absent value is null.
 *
 * @param cluster where the cluster is
 * @param databases every database of the namespace
 * @param pods every pod of the databases and of the operator
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({"cluster", "databases", "pods"})
public record StatusReport(ClusterStatus cluster, List<Database> databases, List<PodStatus> pods) {

    /**
     * Where the cluster is.
     *
     * @param kind {@code local} or {@code kubernetes}
     * @param home folder of a local cluster
     * @param processId the local cluster's own process
     * @param apiServer address of the Kubernetes API
     */
    public record ClusterStatus(
            String kind,
            @Nullable String home,
            @Nullable Long processId,
            @Nullable String apiServer) {}

    /**
     * One database.
     *
     * @param ready whether its condition Ready is true
     * @param endpoint where its router answers; null until there is one
     * @param grpcEndpoint host:port where its router answers over gRPC; null until it is known
     * @param administration who may reshape it through its routers: Open, Token or Off; null while that is not known
     * @param conditions as the operator reports them
     * @param shards by interval
     */
    public record Database(
            String name,
            String namespace,
            boolean ready,
            @Nullable String endpoint,
            @Nullable String grpcEndpoint,
            @Nullable String administration,
            List<ConditionStatus> conditions,
            List<ShardState> shards) {}

    /**
     * What the operator says of a database.
     *
     * @param status True, False or Unknown
     */
    public record ConditionStatus(
            String type,
            String status,
            @Nullable String reason,
            @Nullable String message) {}

    /**
     * One shard.
     *
     * @param name as given in the specification
     * @param group uid of its Shard object, which names its replication group
     * @param phase Pending, Growing, Ready, Degraded, Unavailable or Deleting
     * @param leader name of the server that leads
     */
    public record ShardState(
            String name,
            String group,
            IntervalState interval,
            String phase,
            @Nullable String leader,
            @Nullable Long term,
            @Nullable Long commitIndex,
            List<ReplicaState> replicas) {}

    /** Positions from {@code from} up to, not including, {@code to}; without {@code to}, open at the end. */
    public record IntervalState(long from, @Nullable Long to) {}

    /**
     * One copy of a shard.
     *
     * @param server name of its server
     * @param memberId its identity; a replica that lost its disk comes back with another one
     * @param role Leader, Follower, Candidate or Learner
     * @param state Empty, Recovering, Copying, Healthy, Stalled, Quarantined, Lost or Unreachable
     * @param appliedIndex last log entry in its tables
     * @param lag entries behind the leader's commit index
     * @param copy progress while it copies
     */
    public record ReplicaState(
            String server,
            @Nullable String memberId,
            @Nullable String role,
            String state,
            @Nullable Long appliedIndex,
            @Nullable Long matchIndex,
            @Nullable Long lag,
            @Nullable String copy,
            @Nullable String message) {}

    /**
     * One pod.
     *
     * @param kind server, router or operator
     * @param database null for the operator
     * @param server name of the server that runs in it, as given
     * @param address its IP address
     * @param phase Pending, Running, Succeeded, Failed or Unknown
     * @param dataDirectory the volume's folder on this machine; null without a volume or in a real cluster
     * @param processes its containers
     */
    public record PodStatus(
            String name,
            String namespace,
            String kind,
            @Nullable String database,
            @Nullable String server,
            @Nullable String address,
            String phase,
            boolean ready,
            @Nullable String dataDirectory,
            List<ProcessStatus> processes) {}

    /**
     * One container.
     *
     * @param processId null when it does not run, or not on this machine
     */
    public record ProcessStatus(String container, @Nullable Long processId, boolean ready, int restarts) {}
}
