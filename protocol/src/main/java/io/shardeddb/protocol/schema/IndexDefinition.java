package io.shardeddb.protocol.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A secondary index of a table, never unique: two rows that are equal in it may lie on two shards.
 *
 * @param name an identifier, see {@link Identifiers}; at most {@link IndexRules#LONGEST_NAME} characters
 * @param columns names of its columns, in index order
 * @param path names of members with dots between them: the index is of the values there, in the JSON of its only
 *     column. Absent: it is of the columns themselves
 */
public record IndexDefinition(
        String name, List<String> columns, @Nullable String path) {

    public IndexDefinition {
        columns = List.copyOf(columns);
    }

    /** An index of columns. */
    public IndexDefinition(String name, List<String> columns) {
        this(name, columns, null);
    }
}
