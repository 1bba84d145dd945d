package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A column.
 *
 * @param name its name
 * @param type {@code Number}, {@code String}, or a scalar type of MySQL such as {@code VARCHAR(40)}
 * @param nullable whether it may be null; key columns never are
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ColumnSpec(
        @JsonPropertyDescription("Name: a letter or underscore, then letters, digits, underscores or dollar signs.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,63}$")
        String name,

        @JsonPropertyDescription(
                "Number (BIGINT), String (VARCHAR(255)), or a scalar type of MySQL: INT, DECIMAL(10,2), VARCHAR(40), DATETIME(6), JSON, ...")
        @Required
        @Size(min = 1, max = 64)
        String type,

        @JsonPropertyDescription("Whether the column may be null. Key columns never are.") @Default("true")
        Boolean nullable) {

    public ColumnSpec {
        nullable = nullable == null ? Boolean.TRUE : nullable;
    }
}
