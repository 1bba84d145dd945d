package io.shardeddb.protocol.schema;

import java.util.List;

/**
 * A secondary index of a table, never unique: two rows that are equal in it may lie on two shards.
 *
 * @param name an identifier, see {@link Identifiers}; at most {@link IndexRules#LONGEST_NAME} characters
 * @param columns names of its columns, in index order
 */
public record IndexDefinition(String name, List<String> columns) {

    public IndexDefinition {
        columns = List.copyOf(columns);
    }
}
