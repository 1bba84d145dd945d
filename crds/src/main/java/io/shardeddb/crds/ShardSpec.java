package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a shard should be. Written by the operator alone.
 *
 * @param database name of its database
 * @param name the shard's name as given
 * @param interval the positions it owns
 * @param epoch epoch of that interval; grows when an interval moves
 * @param servers names of the servers that should hold it, as the placement decided; the first one is where the group
 *     starts
 * @param faultTolerance as in the database's replication
 * @param bootstrapMember member id that starts the group, recorded before it does; set once
 * @param replicas its members as last decided
 * @param group uid of the consensus group that the shard continues, from kept volumes or from a resource that was
 *     deleted by hand; absent: the resource's own uid names the group
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

        @JsonPropertyDescription("Servers that must hold it, as the placement decided.")
        List<String> servers,

        @JsonPropertyDescription("As in the database's replication; absent: majorities.") @Nullable
        Integer faultTolerance,

        @JsonPropertyDescription("Member that started the group; recorded before it starts, and never again.") @Nullable
        String bootstrapMember,

        @JsonPropertyDescription("Its members.") List<ShardReplicaSpec> replicas,

        @JsonPropertyDescription("Uid of the group that it continues; absent: its own uid.") @Nullable
        String group) {

    public ShardSpec {
        epoch = epoch == null ? Long.valueOf(1) : epoch;
        servers = servers == null ? List.of() : List.copyOf(servers);
        replicas = replicas == null ? List.of() : List.copyOf(replicas);
    }

    /** A shard whose own uid names the group. */
    public ShardSpec(
            String database,
            String name,
            IntervalSpec interval,
            Long epoch,
            List<String> servers,
            @Nullable Integer faultTolerance,
            @Nullable String bootstrapMember,
            List<ShardReplicaSpec> replicas) {
        this(database, name, interval, epoch, servers, faultTolerance, bootstrapMember, replicas, null);
    }

    /** The same with other members. */
    public ShardSpec withMembers(@Nullable String starting, List<ShardReplicaSpec> members) {
        return new ShardSpec(database, name, interval, epoch, servers, faultTolerance, starting, members, group);
    }

    /** The same under another placement. */
    public ShardSpec withPlacement(List<String> placed, @Nullable Integer tolerance) {
        return new ShardSpec(database, name, interval, epoch, placed, tolerance, bootstrapMember, replicas, group);
    }
}
