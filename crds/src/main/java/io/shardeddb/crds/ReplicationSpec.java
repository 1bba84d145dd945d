package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How each shard is replicated.
 *
 * @param replicas copies of each shard, 1 to 63; one copy is allowed and reported as not safe
 * @param faultTolerance with it, a write commits on faultTolerance + 1 copies and an election needs replicas -
 *     faultTolerance votes
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.faultTolerance) || 2 * self.faultTolerance + 1 <= self.replicas",
        message = "faultTolerance must be at most (replicas - 1) / 2")
public record ReplicationSpec(
        @JsonPropertyDescription("Copies of each shard.") @Default("3") @Min(1) @Max(SpecLimits.REPLICAS)
        Integer replicas,

        @JsonPropertyDescription(
                "t: a write commits on t + 1 copies, an election needs replicas - t votes. Absent: majorities for both.")
        @Min(1)
        @Max(SpecLimits.FAULT_TOLERANCE)
        @Nullable
        Integer faultTolerance) {

    public static final int DEFAULT_REPLICAS = 3;

    public ReplicationSpec {
        replicas = replicas == null ? Integer.valueOf(DEFAULT_REPLICAS) : replicas;
    }
}
