package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a database stands, as the operator last saw it.
 *
 * @param observedGeneration generation of the spec that this status describes
 * @param conditions see {@link ConditionType}
 * @param schemaVersion version of the tables in force, which every shard has: the generation at which they last changed
 * @param schemaHash hash of the tables at that version
 * @param servers each server
 * @param serverCount servers that exist
 * @param readyServers servers whose pod is ready
 * @param shardCount shards that exist
 * @param readyShards shards with all copies and a leader
 * @param routerReplicas routers that are ready
 * @param endpoint where the router answers
 * @param grpcEndpoint host:port where the router answers over gRPC; absent: nowhere that is known
 * @param selector label selector of the server pods, for the scale subresource
 * @param disruption the pod or volume that the operator is taking down now; at most one
 * @param administration who may reshape the database through its routers, as it is in force; absent while no spec is
 * @param credential whether the servers' ports ask for the secret of the database, and what a change of that waits for.
 *     Required: they do. Accepting: callers without one are still let in, while a database of an older version is
 *     changed over. Rotating: another secret is on its way.
 * @param catalogRevision revision of the catalog that is published; absent: none ever was. From the first one on,
 *     routers read tables and shards from the catalog alone
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardedDatabaseStatus(
        @JsonPropertyDescription("Generation of the spec that this status describes.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Ready, Progressing, Degraded, DataSafe, Withheld.")
        List<Condition> conditions,

        @JsonPropertyDescription("Version of the tables: the generation at which they last changed.") @Nullable
        Long schemaVersion,

        @JsonPropertyDescription("Hash of the tables at that version.") @Nullable
        String schemaHash,

        @JsonPropertyDescription("Each server.") List<ServerStatus> servers,

        @JsonPropertyDescription("Servers that exist.") @StatusReplicas
        Integer serverCount,

        @JsonPropertyDescription("Servers whose pod is ready.")
        Integer readyServers,

        @JsonPropertyDescription("Shards that exist.") Integer shardCount,

        @JsonPropertyDescription("Shards with all their copies and a leader.")
        Integer readyShards,

        @JsonPropertyDescription("Routers that are ready.") Integer routerReplicas,

        @JsonPropertyDescription("Where the router answers.") @Nullable
        String endpoint,

        @JsonPropertyDescription("host:port where the router answers over gRPC.") @Nullable
        String grpcEndpoint,

        @JsonPropertyDescription("Label selector of the server pods.") @LabelSelector @Nullable
        String selector,

        @JsonPropertyDescription("What the operator is taking down now; at most one thing at a time.") @Nullable
        Disruption disruption,

        @JsonPropertyDescription("Who may reshape the database through its routers: Open, Token or Off.") @Nullable
        Administration administration,

        @JsonPropertyDescription("Whether servers ask callers for the secret.") @Nullable
        String credential,

        @JsonPropertyDescription("Revision of the published catalog: the tables and shards in force.") @Nullable
        Long catalogRevision) {

    public ShardedDatabaseStatus {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        servers = servers == null ? List.of() : List.copyOf(servers);
        serverCount = serverCount == null ? Integer.valueOf(0) : serverCount;
        readyServers = readyServers == null ? Integer.valueOf(0) : readyServers;
        shardCount = shardCount == null ? Integer.valueOf(0) : shardCount;
        readyShards = readyShards == null ? Integer.valueOf(0) : readyShards;
        routerReplicas = routerReplicas == null ? Integer.valueOf(0) : routerReplicas;
    }

    /** The status of a resource that nobody has looked at yet. */
    public static ShardedDatabaseStatus unknown() {
        return new ShardedDatabaseStatus(
                null, List.of(), null, null, List.of(), 0, 0, 0, 0, 0, null, null, null, null, null, null, null);
    }

    /** The same with other tables in force. */
    public ShardedDatabaseStatus withTables(long version, String hash) {
        return new ShardedDatabaseStatus(
                observedGeneration,
                conditions,
                version,
                hash,
                servers,
                serverCount,
                readyServers,
                shardCount,
                readyShards,
                routerReplicas,
                endpoint,
                grpcEndpoint,
                selector,
                disruption,
                administration,
                credential,
                catalogRevision);
    }

    /** The condition of a type, if it is set. */
    public @Nullable Condition condition(ConditionType type) {
        return conditions.stream()
                .filter(condition -> type.name().equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }
}
