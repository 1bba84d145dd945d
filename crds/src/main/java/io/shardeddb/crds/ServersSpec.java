package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a database.
 *
 * @param count how many there are in all, the named ones included
 * @param named servers with a name of their own and the shards they must hold
 * @param storage the volume of each server
 * @param mysql the MySQL-compatible server next to each shard server
 * @param resources of the shard-server container
 * @param affinity of the pods
 * @param tolerations of the pods
 * @param topologySpreadConstraints of the pods
 * @param podAnnotations added to the pods
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.named) || self.count >= size(self.named)",
        message = "count includes the named servers and cannot be smaller than their number")
public record ServersSpec(
        @JsonPropertyDescription("How many servers there are in all, the named ones included.")
        @Default("0")
        @Min(0)
        @Max(1000)
        @SpecReplicas
        Integer count,

        @JsonPropertyDescription("Servers with a name of their own and the shards they must hold.") @Size(max = 1000)
        List<NamedServerSpec> named,

        @JsonPropertyDescription("The volume of each server.") @Default("{}")
        StorageSpec storage,

        @JsonPropertyDescription("The MySQL-compatible server next to each shard server.") @Default("{}")
        MysqlSpec mysql,

        @JsonPropertyDescription("Resources of the shard-server container.") @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription("Affinity of the pods.") @Nullable
        Affinity affinity,

        @JsonPropertyDescription("Tolerations of the pods.") @Size(max = 64)
        List<Toleration> tolerations,

        @JsonPropertyDescription("Topology spread constraints of the pods.") @Size(max = 16)
        List<TopologySpreadConstraint> topologySpreadConstraints,

        @JsonPropertyDescription("Annotations added to the pods.")
        Map<String, String> podAnnotations) {

    public ServersSpec {
        named = named == null ? List.of() : List.copyOf(named);
        count = count == null ? Integer.valueOf(named.size()) : count;
        storage = storage == null ? new StorageSpec(new Quantity(StorageSpec.DEFAULT_SIZE), null) : storage;
        mysql = mysql == null ? MysqlSpec.defaults() : mysql;
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        topologySpreadConstraints =
                topologySpreadConstraints == null ? List.of() : List.copyOf(topologySpreadConstraints);
        podAnnotations = podAnnotations == null ? Map.of() : Map.copyOf(podAnnotations);
    }

    /** So many servers with defaults for everything else. */
    public static ServersSpec of(int count) {
        return new ServersSpec(
                count,
                List.of(),
                new StorageSpec(new Quantity(StorageSpec.DEFAULT_SIZE), null),
                MysqlSpec.defaults(),
                null,
                null,
                List.of(),
                List.of(),
                Map.of());
    }
}
