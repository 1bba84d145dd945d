package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * The volume of each server: log, identity and MySQL's data.
 *
 * @param size its size
 * @param storageClassName its storage class; absent: the cluster's default
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StorageSpec(
        @JsonPropertyDescription("Size of each server's volume.") @Default("10Gi")
        Quantity size,

        @JsonPropertyDescription("Storage class; absent: the cluster's default.") @Nullable
        String storageClassName) {

    public static final String DEFAULT_SIZE = "10Gi";

    public StorageSpec {
        size = size == null ? new Quantity(DEFAULT_SIZE) : size;
    }
}
