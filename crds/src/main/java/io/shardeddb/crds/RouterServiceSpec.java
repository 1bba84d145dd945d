package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;

/** The router's Service. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RouterServiceSpec(
        @JsonPropertyDescription("Kind of the Service.") @Default("ClusterIP")
        ServiceType type) {

    public RouterServiceSpec {
        type = type == null ? ServiceType.ClusterIP : type;
    }
}
