package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server.
 *
 * @param name as given or made
 * @param resourceName name of its StatefulSet
 * @param phase {@code Starting}, {@code Ready}, {@code Unreachable}, {@code Draining} or {@code Removed}
 * @param shards names of the shards it holds
 * @param message why it is not ready
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServerStatus(
        @JsonPropertyDescription("Name as given or made.") String name,
        @JsonPropertyDescription("Name of its StatefulSet.") String resourceName,

        @JsonPropertyDescription("Starting, Ready, ReadOnly, Unreachable, Draining or Removed.")
        String phase,

        @JsonPropertyDescription("Shards that it holds.") List<String> shards,

        @JsonPropertyDescription("Why it is not ready, or takes no writes.") @Nullable
        String message) {

    public ServerStatus {
        shards = shards == null ? List.of() : List.copyOf(shards);
    }
}
