package io.shardeddb.crds.collections;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;

/**
 * A space of keys and values. Its table has a shape of its own, so only its name can be said.
 *
 * @param name its name, which is its table's
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KeyValueSpaceSpec(
        @JsonPropertyDescription("Name: a letter or underscore, then letters, digits, underscores or dollar signs.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,63}$")
        String name) {}
