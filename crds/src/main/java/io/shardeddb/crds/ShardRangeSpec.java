package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * A shard of the Range strategy: positions {@code low} to {@code low + size - 1}.
 *
 * @param name its name
 * @param low first position
 * @param size number of positions, at least 1
 * @param replicas copies of this shard, 1 to 63, in place of replication.replicas
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardRangeSpec(
        @JsonPropertyDescription("Name of the shard.") @Required @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription("First position that the shard holds.") @Required
        Long low,

        @JsonPropertyDescription("How many positions it holds, from low on.") @Required @Min(1)
        Long size,

        @JsonPropertyDescription("Copies of this shard, in place of replication.replicas.")
        @Min(1)
        @Max(SpecLimits.REPLICAS)
        @Nullable
        Integer replicas) {}
