package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which tables a database may get: asked at every door (the router's administration, the command line, the operator)
 * before tables become the ones wanted, and answered with the field and with what is allowed.
 *
 * <p>These rules are asked before tables are in force, and {@link SchemaRules} whenever stored ones are read, so only
 * these may become stricter. What is stricter here than there is not asked of what is in force already: a database is
 * never stuck with tables that an earlier version of this program took.
 *
 * <p>It tells nothing twice: that names are there once and that key columns exist is checked with the rest of the spec,
 * before.
 */
public final class TableAdmission {

    /**
     * Characters of the name of a table that has a JSON column: MySQL names a rule of the column by the table, in 64
     * characters.
     */
    public static final int LONGEST_NAME_WITH_JSON = 56;

    /**
     * Names of columns that every row has for InnoDB itself, in any case: no table has another column of such a name.
     */
    private static final Set<String> IN_EVERY_ROW = Set.of("DB_ROW_ID", "DB_TRX_ID", "DB_ROLL_PTR");

    /** InnoDB's name for a column of its full-text search. It takes it from a user in one form only. */
    private static final String FULL_TEXT = "FTS_DOC_ID";

    private static final String INTEGERS =
            "Number, BIGINT, or TINYINT, SMALLINT, MEDIUMINT or INT (these also UNSIGNED)";
    private static final String KEYS = "FLOAT, DOUBLE, JSON and the TEXT and BLOB types cannot be";
    private static final int NAMED_COLUMNS = 3;

    private final List<Problem> problems = new ArrayList<>();

    private TableAdmission() {}

    /**
     * A broken rule.
     *
     * @param path of the field within the spec, for example {@code tables[2].columns[5].type}
     * @param message what is wrong and what is allowed
     */
    public record Problem(String path, String message) {}

    /**
     * What is wrong with tables; empty when they may be brought to the servers, each of which then takes them.
     *
     * @param wanted the tables as texts, whatever they say
     * @param inForce the tables so far; absent when there are none
     */
    public static List<Problem> problems(SchemaDefinition wanted, @Nullable SchemaDefinition inForce) {
        TableAdmission admission = new TableAdmission();
        for (int i = 0; i < wanted.getTablesCount(); i++) {
            TableDescription table = wanted.getTables(i);
            admission.table(
                    Strategy.ofWire(wanted.getStrategy()), table, find(inForce, table.getName()), "tables[" + i + "]");
        }
        return List.copyOf(admission.problems);
    }

    /**
     * How many of a table's columns, from the first, may ever have been brought to a server; 0 when the table never
     * was. A definition is taken as a whole or not at all, and a table keeps its key and its columns' order. So a key
     * that breaks a rule was never there. Neither was a column that breaks one, nor any column after it.
     */
    public static int definable(SchemaDefinition schema, String name) {
        TableDescription table = find(schema, name);
        int columns = table == null ? 0 : table.getColumnsCount();
        while (table != null && columns > 0 && !stands(schema, table, columns)) {
            columns--;
        }
        return columns;
    }

    private static boolean stands(SchemaDefinition schema, TableDescription table, int columns) {
        List<ColumnDescription> kept = table.getColumnsList().subList(0, columns);
        TableDescription.Builder prefix =
                table.toBuilder().clearIndexes().clearColumns().addAllColumns(kept);
        if (kept.stream()
                .anyMatch(column -> IN_EVERY_ROW.contains(column.getName().toUpperCase(Locale.ROOT)))) {
            return false;
        }
        try {
            DatabaseSchema.ofWire(
                    schema.toBuilder().clearTables().addTables(prefix).build());
            return true;
        } catch (DatabaseException e) {
            return false;
        }
    }

    private static @Nullable TableDescription find(@Nullable SchemaDefinition schema, String name) {
        return schema == null
                ? null
                : schema.getTablesList().stream()
                        .filter(table -> table.getName().equals(name))
                        .findFirst()
                        .orElse(null);
    }

    private void add(String path, String message) {
        problems.add(new Problem(path, message));
    }

    private void table(Strategy strategy, TableDescription table, @Nullable TableDescription before, String path) {
        int known = problems.size();
        name(table.getName(), path + ".name");
        List<ColumnDefinition> columns = new ArrayList<>();
        for (int c = 0; c < table.getColumnsCount(); c++) {
            ColumnDescription column = table.getColumns(c);
            String at = path + ".columns[" + c + "]";
            name(column.getName(), at + ".name");
            reserved(column.getName(), before, at + ".name");
            ColumnType type = type(column.getType(), at + ".type");
            if (type != null) {
                columns.add(new ColumnDefinition(column.getName(), type, column.getNullable()));
                key(strategy, table, before, column.getName(), type, at + ".type");
            }
        }
        keyOnce(table, path);
        if (columns.size() == table.getColumnsCount()) {
            indexes(columns, table, path);
        }
        if (problems.size() > known) {
            return;
        }
        try {
            // Whatever else the servers ask of tables, so that nothing is let in that they refuse.
            new TableDefinition(table.getName(), columns, table.getPrimaryKeyList(), table.getShardKey());
        } catch (DatabaseException e) {
            add(path + ".columns", e.text());
            return;
        }
        if (!sameColumns(columns, before)) {
            size(columns, table, path);
            jsonName(columns, table.getName(), path);
        }
        if (before == null
                || !sameColumns(columns, before)
                || !table.getIndexesList().equals(before.getIndexesList())) {
            undo(columns, table, path);
        }
    }

    private void name(String name, String path) {
        if (!Identifiers.valid(name)) {
            add(
                    path,
                    "'" + name
                            + "' cannot be a name: a letter or underscore, then letters, digits, underscores or dollar"
                            + " signs, 64 characters at most, and not starting with " + Identifiers.RESERVED_PREFIX
                            + ", which the system keeps for itself");
        }
    }

    private void reserved(String name, @Nullable TableDescription before, String path) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (IN_EVERY_ROW.contains(upper) || (FULL_TEXT.equals(upper) && !has(before, name))) {
            add(
                    path,
                    "'" + name
                            + "' is a name that InnoDB keeps for itself, as it does DB_ROW_ID, DB_TRX_ID, DB_ROLL_PTR"
                            + " and "
                            + FULL_TEXT + " in any case of letters");
        }
    }

    private @Nullable ColumnType type(String text, String path) {
        try {
            return ColumnType.parse(text);
        } catch (IllegalArgumentException e) {
            add(path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void key(
            Strategy strategy,
            TableDescription table,
            @Nullable TableDescription before,
            String column,
            ColumnType type,
            String path) {
        boolean integer = type instanceof IntegerType || type instanceof NumberType;
        boolean ranged = strategy == Strategy.RANGE && table.getShardKey().equals(column);
        // Half of its values have no position that is the value itself: shards would own other keys than their
        // intervals say.
        boolean displaced = type.equals(ColumnType.parse("BIGINT UNSIGNED")) && before == null;
        if (ranged && (!integer || displaced)) {
            add(path, "with strategy Range the shard key must be " + INTEGERS + ", not " + type.text());
        } else if (table.getPrimaryKeyList().contains(column) && !type.keyable()) {
            add(
                    path,
                    "a column of type " + type.text() + " cannot be part of a primary key; " + KEYS
                            + ", all others can");
        }
    }

    private void keyOnce(TableDescription table, String path) {
        Set<String> seen = new HashSet<>();
        for (int k = 0; k < table.getPrimaryKeyCount(); k++) {
            if (!seen.add(table.getPrimaryKey(k))) {
                add(path + ".primaryKey[" + k + "]", "column " + table.getPrimaryKey(k) + " is in the key twice");
            }
        }
    }

    private void indexes(List<ColumnDefinition> columns, TableDescription table, String path) {
        for (IndexRules.Problem problem : IndexRules.problems(columns, TableDefinition.indexesOfWire(table))) {
            add(path + ".indexes" + (problem.index() < 0 ? "" : "[" + problem.index() + "]"), problem.message());
        }
    }

    private void size(List<ColumnDefinition> columns, TableDescription table, String path) {
        List<String> key = table.getPrimaryKeyList();
        int bytes = RowSize.inlineBytes(columns, key, TableDefinition.indexesOfWire(table));
        if (bytes <= RowSize.MAX_INLINE_BYTES) {
            return;
        }
        String longest = columns.stream()
                .sorted(Comparator.comparingInt(
                        column -> -RowSize.inlineBytes(column.type(), key.contains(column.name()))))
                .limit(NAMED_COLUMNS)
                .map(column -> column.name() + " " + column.type().text() + " "
                        + RowSize.inlineBytes(column.type(), key.contains(column.name())))
                .collect(Collectors.joining(", "));
        add(
                path + ".columns",
                "the longest row takes " + bytes + " bytes in its page, and InnoDB allows " + RowSize.MAX_INLINE_BYTES
                        + "; the longest columns: " + longest
                        + ". Outside the key, VARCHAR(64) and longer, VARBINARY(256)"
                        + " and longer, TEXT, BLOB and JSON take " + RowSize.OUTSIDE + " each");
    }

    private void undo(List<ColumnDefinition> columns, TableDescription table, String path) {
        int bytes = RowSize.undoBytes(columns, table.getPrimaryKeyList(), TableDefinition.indexesOfWire(table));
        if (bytes > RowSize.MAX_UNDO_BYTES) {
            add(
                    path + ".indexes",
                    "InnoDB notes " + bytes + " bytes when the longest row is changed, and " + RowSize.MAX_UNDO_BYTES
                            + " are allowed: each column that is in an index counts with its whole length, once."
                            + " Index fewer or shorter columns");
        }
    }

    private void jsonName(List<ColumnDefinition> columns, String name, String path) {
        boolean json = columns.stream().anyMatch(column -> column.type() instanceof JsonType);
        if (json && name.length() > LONGEST_NAME_WITH_JSON) {
            add(
                    path + ".name",
                    "has " + name.length() + " characters; the name of a table with a JSON column has at most "
                            + LONGEST_NAME_WITH_JSON);
        }
    }

    private static boolean has(@Nullable TableDescription before, String column) {
        return before != null
                && before.getColumnsList().stream()
                        .anyMatch(known -> known.getName().equals(column));
    }

    /** Whether a table in force has these columns, however their types are spelled. */
    private static boolean sameColumns(List<ColumnDefinition> columns, @Nullable TableDescription before) {
        if (before == null) {
            return false;
        }
        try {
            return TableDefinition.ofWire(before).columns().equals(columns);
        } catch (DatabaseException e) {
            return false;
        }
    }
}
