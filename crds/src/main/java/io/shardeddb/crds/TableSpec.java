package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table.
 *
 * @param name its name
 * @param columns its columns, in order
 * @param primaryKey columns of the primary key, in order
 * @param shardKey the column that decides the shard; by default the primary key's first
 * @param indexes secondary indexes, in any order: it means nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!has(self.shardKey) || self.shardKey in self.primaryKey",
        message = "the shard key must be a column of the primary key")
@ValidationRule(
        value = "self.primaryKey.all(k, self.columns.exists(c, c.name == k))",
        message = "every primary key column must be one of the table's columns")
public record TableSpec(
        @JsonPropertyDescription("Name: a letter or underscore, then letters, digits, underscores or dollar signs.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,63}$")
        String name,

        @JsonPropertyDescription(
                "The columns, in order. New ones come after the others; one that is left out is dropped when that is"
                        + " allowed by name.")
        @Required
        @Size(min = 1, max = SpecLimits.COLUMNS)
        List<ColumnSpec> columns,

        @JsonPropertyDescription("Columns of the primary key, in order.")
        @Required
        @Size(min = 1, max = SpecLimits.KEY_COLUMNS)
        List<String> primaryKey,

        @JsonPropertyDescription("The column that decides a row's shard; by default the primary key's first.") @Nullable
        String shardKey,

        @JsonPropertyDescription("Secondary indexes, none of them unique.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Size(max = SpecLimits.INDEXES)
        List<IndexSpec> indexes) {

    public TableSpec {
        columns = columns == null ? List.of() : List.copyOf(columns);
        primaryKey = primaryKey == null ? List.of() : List.copyOf(primaryKey);
        indexes = indexes == null ? List.of() : List.copyOf(indexes);
    }

    /** A table without secondary indexes. */
    public TableSpec(String name, List<ColumnSpec> columns, List<String> primaryKey, @Nullable String shardKey) {
        this(name, columns, primaryKey, shardKey, List.of());
    }

    /** The shard key, given or by default the primary key's first column. */
    public String effectiveShardKey() {
        return shardKey != null ? shardKey : primaryKey.getFirst();
    }
}
