package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * A server with a name and an exact list of shards.
 *
 * @param name as given, for example {@code Server4} or {@code Server[5]}
 * @param shards names of the shards it must hold; more may be placed on it to reach their number of copies
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NamedServerSpec(
        @JsonPropertyDescription("Name of the server, kept as given in every answer.")
        @Required
        @Size(min = 1, max = 63)
        String name,

        @JsonPropertyDescription("Shards that this server must hold.") @Size(max = 1024)
        List<String> shards) {

    public NamedServerSpec {
        shards = shards == null ? List.of() : List.copyOf(shards);
    }
}
