package io.shardeddb.cli.shell;

import java.util.List;
import java.util.Map;

/**
 * The names that a database knows.
 *
 * @param tables tables of rows
 * @param collections collections of documents
 * @param spaces key-value spaces
 * @param members columns of a table, or members of a collection's documents, by its name
 */
record Vocabulary(
        List<String> tables, List<String> collections, List<String> spaces, Map<String, List<String>> members) {

    /** No names, as when no database answers. */
    static final Vocabulary NONE = new Vocabulary(List.of(), List.of(), List.of(), Map.of());

    Vocabulary {
        tables = List.copyOf(tables);
        collections = List.copyOf(collections);
        spaces = List.copyOf(spaces);
        members = Map.copyOf(members);
    }

    /** Columns or members; none when they are not known. */
    List<String> membersOf(String name) {
        return members.getOrDefault(name, List.of());
    }

    /** Whether a name is a table's. */
    boolean isTable(String name) {
        return tables.contains(name);
    }
}
