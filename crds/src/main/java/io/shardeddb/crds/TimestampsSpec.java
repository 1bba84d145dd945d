package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** Where write timestamps come from. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TimestampsSpec(
        @JsonPropertyDescription("Hybrid: the leader's hybrid clock. Service: a timestamp service on several servers.")
        @Default("Hybrid")
        TimestampMode mode) {

    public TimestampsSpec {
        mode = mode == null ? TimestampMode.Hybrid : mode;
    }
}
