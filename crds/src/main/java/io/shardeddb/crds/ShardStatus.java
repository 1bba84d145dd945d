package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a shard stands.
 *
 * @param observedGeneration generation of the spec that this status describes
 * @param phase the phase of its life
 * @param leader name of the server that leads
 * @param term its term
 * @param commitIndex last committed log index, refreshed at most every ten seconds
 * @param configurationIndex index of the last committed membership
 * @param schemaVersion schema version that the leader has applied
 * @param replicas each member
 * @param conditions see {@link ConditionType}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardStatus(
        @JsonPropertyDescription("Generation of the spec that this status describes.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Pending, Growing, Ready, Degraded, Unavailable or Deleting.")
        ShardPhase phase,

        @JsonPropertyDescription("Server that leads.") @Nullable
        String leader,

        @JsonPropertyDescription("Term of the leader, or of the last one while there is none.") @Nullable
        Long term,

        @JsonPropertyDescription("Last log index that was seen committed; refreshed at most every ten seconds.")
        @Nullable
        Long commitIndex,

        @JsonPropertyDescription("Index of the last committed membership.") @Nullable
        Long configurationIndex,

        @JsonPropertyDescription("Schema version that the leader has applied.") @Nullable
        Long schemaVersion,

        @JsonPropertyDescription("Each member.") List<ShardReplicaStatus> replicas,

        @JsonPropertyDescription("Ready, DataSafe, Withheld.")
        List<Condition> conditions) {

    public ShardStatus {
        phase = phase == null ? ShardPhase.Pending : phase;
        replicas = replicas == null ? List.of() : List.copyOf(replicas);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
