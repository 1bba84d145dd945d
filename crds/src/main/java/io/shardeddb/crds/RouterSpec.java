package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP front of a database.
 *
 * @param replicas how many routers run
 * @param service how it is reached
 * @param resources of the container
 * @param podAnnotations added to the pods
 * @param administration who may reshape the database through it; absent: what the operator is set to
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RouterSpec(
        @JsonPropertyDescription("How many routers run.") @Default("2") @Min(0) @Max(100)
        Integer replicas,

        @JsonPropertyDescription("How the router is reached.") @Default("{}")
        RouterServiceSpec service,

        @JsonPropertyDescription("Resources of the container.") @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription("Annotations added to the pods.")
        Map<String, String> podAnnotations,

        @JsonPropertyDescription(
                "Who may reshape the database through the router (/init, /add, /rm, handing over a leadership). Open:"
                        + " anyone who reaches it. Token: anyone who sends the token of the Secret that the operator makes."
                        + " Off: nobody. Absent: the operator's setting; the status says what is in force.")
        @Nullable
        Administration administration) {

    public static final int DEFAULT_REPLICAS = 2;

    public RouterSpec {
        replicas = replicas == null ? Integer.valueOf(DEFAULT_REPLICAS) : replicas;
        service = service == null ? new RouterServiceSpec(ServiceType.ClusterIP) : service;
        podAnnotations = podAnnotations == null ? Map.of() : Map.copyOf(podAnnotations);
    }

    /** So many routers with defaults for everything else. */
    public static RouterSpec of(int replicas) {
        return new RouterSpec(replicas, new RouterServiceSpec(ServiceType.ClusterIP), null, Map.of(), null);
    }
}
