package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The MySQL-compatible server next to each shard server.
 *
 * @param image an official mysql (8.0 or later) or mariadb (10.11 or later) image
 * @param config options by name without dashes in front, for example {@code innodb-buffer-pool-size: 256M}
 * @param resources of the container
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MysqlSpec(
        @JsonPropertyDescription("An official mysql or mariadb image.") @Default("mariadb:11.4")
        String image,

        @JsonPropertyDescription(
                "Server options by name, for example innodb-buffer-pool-size: 256M. Options on which durability depends are refused.")
        Map<String, String> config,

        @JsonPropertyDescription("Resources of the container.") @Nullable
        ResourceRequirements resources) {

    public static final String DEFAULT_IMAGE = "mariadb:11.4";

    public MysqlSpec {
        image = image == null ? DEFAULT_IMAGE : image;
        config = config == null ? Map.of() : Map.copyOf(config);
    }

    /** The default image with its default options. */
    public static MysqlSpec defaults() {
        return new MysqlSpec(DEFAULT_IMAGE, Map.of(), null);
    }
}
