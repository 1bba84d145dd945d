package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secondary index of a table. It is never unique: two rows that are equal in it may lie on two shards.
 *
 * @param name its name, once in its table
 * @param columns columns of the table, in index order
 * @param path of a collection's table: the index is of the values at this path in a document. The record of what was
 *     accepted and the catalog have it. No resource has it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IndexSpec(
        @JsonPropertyDescription("Name: a letter or underscore, then letters, digits, underscores or dollar signs.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,59}$")
        String name,

        @JsonPropertyDescription("Columns of the table, in index order; together at most 3,072 bytes.")
        @Required
        @Size(min = 1, max = SpecLimits.INDEX_COLUMNS)
        List<String> columns,

        @Nullable String path) {

    public IndexSpec {
        columns = columns == null ? List.of() : List.copyOf(columns);
    }

    /** An index of columns. */
    public IndexSpec(String name, List<String> columns) {
        this(name, columns, null);
    }
}
