package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** How rows find their shard. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardingSpec(
        @JsonPropertyDescription(
                "Range: the shard key's own integer value is its position. Hash: a 64-bit hash of it is.")
        @Default("Range")
        ShardingStrategy strategy) {

    public ShardingSpec {
        strategy = strategy == null ? ShardingStrategy.Range : strategy;
    }
}
