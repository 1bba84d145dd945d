package io.shardeddb.cli.records;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.TableSpec;
import java.util.List;
import java.util.stream.Stream;

/** What a name on the command line stands for. */
public sealed interface Target {

    /** Its name. */
    String name();

    /** A table of rows. */
    record Table(TableSpec spec) implements Target {
        @Override
        public String name() {
            return spec.name();
        }
    }

    /**
     * A collection of documents.
     *
     * @param name its name
     * @param known whether the router knows it already; if not, an insert may make it
     */
    record Collection(String name, boolean known) implements Target {}

    /** What is meant, judged by the tables in force. @throws CommandFailure when it is a key-value space */
    static Target of(List<TableSpec> tables, String name) {
        TableSpec found = tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElse(null);
        if (found == null) {
            return new Collection(name, false);
        }
        if (isSpace(found)) {
            throw new CommandFailure(
                    ExitCode.USAGE, name + " is a key-value space; its keys have verbs of their own: sdb kv --help");
        }
        return isCollection(found) ? new Collection(name, true) : new Table(found);
    }

    /** Whether a table has a collection's shape. */
    static boolean isCollection(TableSpec table) {
        // Columns that are computed for indexes come after these.
        List<String> columns = columns(table);
        List<String> plain = List.of("_id VARBINARY(1024)", "doc JSON");
        int first = !columns.isEmpty() && columns.getFirst().equals("shard VARBINARY(1024)") ? 1 : 0;
        return columns.size() >= first + 2 && columns.subList(first, first + 2).equals(plain);
    }

    /** Whether a table has a key-value space's shape. */
    static boolean isSpace(TableSpec table) {
        return columns(table)
                .equals(Stream.of(
                                "k VARBINARY(1024)", "v MEDIUMBLOB", "type VARCHAR(255)", "n BIGINT", "expires BIGINT")
                        .toList());
    }

    private static List<String> columns(TableSpec table) {
        return table.columns().stream()
                .map(column -> column.name() + " " + column.type())
                .toList();
    }
}
