package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shard shall be. Written by the operator alone.
 *
 * @param database name of its database
 * @param name the shard's name as given
 * @param interval the positions it owns
 * @param epoch epoch of that interval; grows when an interval moves
 * @param servers names of the servers that shall hold it, as the placement decided; the first one is where the group starts
 * @param faultTolerance as in the database's replication
 * @param bootstrapMember member id that starts the group, recorded before it does; set once
 * @param replicas its members as last decided
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardSpec(
        @JsonPropertyDescription("Name of its database.") @Required
        String database,

        @JsonPropertyDescription("Name of the shard as given.") @Required
        String name,

        @JsonPropertyDescription("Positions that it owns.") @Required
        IntervalSpec interval,

        @JsonPropertyDescription("Epoch of that interval.") Long epoch,

        @JsonPropertyDescription("Servers that shall hold it, as the placement decided.")
        List<String> servers,

        @JsonPropertyDescription("As in the database's replication; absent: majorities.") @Nullable
        Integer faultTolerance,

        @JsonPropertyDescription("Member that started the group; recorded before it starts, and never again.") @Nullable
        String bootstrapMember,

        @JsonPropertyDescription("Its members.") List<ShardReplicaSpec> replicas) {

    public ShardSpec {
        epoch = epoch == null ? Long.valueOf(1) : epoch;
        servers = servers == null ? List.of() : List.copyOf(servers);
        replicas = replicas == null ? List.of() : List.copyOf(replicas);
    }
}
