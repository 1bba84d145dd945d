package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.shardeddb.crds.collections.CollectionSpec;
import io.shardeddb.crds.collections.KeyValueSpaceSpec;
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
 * @param shardKeyPath of a collection's table: the path in a document whose value is in the shard key's column. The
 *     record of what was accepted and the catalog have it. No resource has it, and no server hears of it
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
        List<IndexSpec> indexes,

        @Nullable String shardKeyPath) {

    /** Column of a collection's table, and of its key: bytes of what says which document it is. */
    private static final String KEY_BYTES = "VARBINARY(1024)";

    public TableSpec {
        columns = columns == null ? List.of() : List.copyOf(columns);
        primaryKey = primaryKey == null ? List.of() : List.copyOf(primaryKey);
        indexes = indexes == null ? List.of() : List.copyOf(indexes);
    }

    /** A table without secondary indexes. */
    public TableSpec(String name, List<ColumnSpec> columns, List<String> primaryKey, @Nullable String shardKey) {
        this(name, columns, primaryKey, shardKey, List.of(), null);
    }

    /** A table with secondary indexes. */
    public TableSpec(
            String name,
            List<ColumnSpec> columns,
            List<String> primaryKey,
            @Nullable String shardKey,
            List<IndexSpec> indexes) {
        this(name, columns, primaryKey, shardKey, indexes, null);
    }

    /** The table of a collection; docs/documents.md has its columns. */
    static TableSpec of(CollectionSpec collection) {
        ColumnSpec id = new ColumnSpec("_id", KEY_BYTES, false);
        ColumnSpec document = new ColumnSpec("doc", "JSON", false);
        String path = collection.shardKey();
        List<IndexSpec> indexes = collection.indexes().stream()
                .map(index -> new IndexSpec(index.name(), List.of(document.name()), index.path()))
                .toList();
        if (path == null) {
            return new TableSpec(collection.name(), List.of(id, document), List.of("_id"), "_id", indexes);
        }
        ColumnSpec shard = new ColumnSpec("shard", KEY_BYTES, false);
        return new TableSpec(
                collection.name(), List.of(shard, id, document), List.of("shard", "_id"), "shard", indexes, path);
    }

    /** The table of a space; docs/key-value.md has its columns. */
    static TableSpec of(KeyValueSpaceSpec space) {
        return new TableSpec(
                space.name(),
                List.of(
                        new ColumnSpec("k", KEY_BYTES, false),
                        new ColumnSpec("v", "MEDIUMBLOB", true),
                        new ColumnSpec("type", "VARCHAR(255)", false),
                        new ColumnSpec("n", "BIGINT", true),
                        new ColumnSpec("expires", "BIGINT", true)),
                List.of("k"),
                "k");
    }

    /** The shard key, given or by default the primary key's first column. */
    public String effectiveShardKey() {
        return shardKey != null ? shardKey : primaryKey.getFirst();
    }
}
