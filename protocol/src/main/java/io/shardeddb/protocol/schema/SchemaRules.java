package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rules of tables, each told in a sentence when it is broken. They are asked when an entry of a log is carried out
 * and when stored tables are read, so they never become stricter: what may get in again is decided by
 * {@link TableAdmission}.
 */
public final class SchemaRules {

    /**
     * Bytes that all columns of a table may declare together; the databases' own limit is 65,535, with room left for
     * bookkeeping.
     */
    public static final int MAX_ROW_BYTES = 65_000;

    /** Bytes that a primary key may declare: InnoDB's limit for an index. */
    public static final int MAX_KEY_BYTES = 3_072;

    /** Columns of a table: below InnoDB's 1,017, with room left for bookkeeping. */
    public static final int MAX_COLUMNS = 1_000;

    private SchemaRules() {}

    /** What is wrong with a table; empty when nothing is. */
    public static List<String> problems(
            String name, List<ColumnDefinition> columns, List<String> primaryKey, String shardKey) {
        List<String> problems = new ArrayList<>();
        if (!Identifiers.valid(name)) {
            problems.add("table name '" + name + "' must match " + Identifiers.PATTERN + " and not start with "
                    + Identifiers.RESERVED_PREFIX);
        }
        columnProblems(columns, problems);
        keyProblems(columns, primaryKey, shardKey, problems);
        return problems;
    }

    private static void columnProblems(List<ColumnDefinition> columns, List<String> problems) {
        if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
            problems.add("a table has 1 to " + MAX_COLUMNS + " columns, not " + columns.size());
        }
        Set<String> seen = new HashSet<>();
        int rowBytes = 0;
        for (ColumnDefinition column : columns) {
            if (!Identifiers.valid(column.name())) {
                problems.add("column name '" + column.name() + "' must match " + Identifiers.PATTERN
                        + " and not start with " + Identifiers.RESERVED_PREFIX);
            }
            // SQL does not tell column names apart by case.
            if (!seen.add(column.name().toLowerCase(Locale.ROOT))) {
                problems.add("column " + column.name() + " occurs twice");
            }
            rowBytes += column.type().declaredBytes();
        }
        if (rowBytes > MAX_ROW_BYTES) {
            problems.add("the columns declare " + rowBytes + " bytes together, at most " + MAX_ROW_BYTES
                    + " are allowed; use TEXT or BLOB types for long values");
        }
    }

    private static void keyProblems(
            List<ColumnDefinition> columns, List<String> primaryKey, String shardKey, List<String> problems) {
        if (primaryKey.isEmpty() || primaryKey.size() > 16) {
            problems.add("a primary key has 1 to 16 columns, not " + primaryKey.size());
        }
        int keyBytes = 0;
        Set<String> seen = new HashSet<>();
        for (String key : primaryKey) {
            if (!seen.add(key)) {
                problems.add("column " + key + " occurs twice in the primary key");
            }
            ColumnDefinition column = columns.stream()
                    .filter(candidate -> candidate.name().equals(key))
                    .findFirst()
                    .orElse(null);
            if (column == null) {
                problems.add("primary key column " + key + " is not a column of the table");
                continue;
            }
            if (!column.type().keyable()) {
                problems.add("column " + key + " of type " + column.type().text() + " cannot be part of a primary key");
            }
            if (column.nullable()) {
                problems.add("column " + key + " is part of the primary key and cannot be nullable");
            }
            keyBytes += column.type().declaredBytes();
        }
        if (keyBytes > MAX_KEY_BYTES) {
            problems.add("the primary key declares " + keyBytes + " bytes, at most " + MAX_KEY_BYTES + " are allowed");
        }
        if (!primaryKey.contains(shardKey)) {
            problems.add("the shard key '" + shardKey + "' must be part of the primary key " + primaryKey
                    + ": uniqueness is kept inside a shard");
        }
    }

    /** What a strategy asks of a valid table; empty when it fits. */
    public static List<String> problems(TableDefinition table, Strategy strategy) {
        ColumnType type = table.shardKeyColumn().type();
        boolean integer = type instanceof IntegerType || type instanceof NumberType;
        return strategy == Strategy.RANGE && !integer
                ? List.of("table " + table.name()
                        + ": with strategy Range the shard key must be an integer column, not " + type.text())
                : List.of();
    }

    /**
     * Pairs of tables whose names differ only by case, which some databases do not tell apart; and pairs with one name.
     */
    public static List<String> nameProblems(List<TableDefinition> tables) {
        List<String> problems = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (TableDefinition table : tables) {
            if (!seen.add(table.name().toLowerCase(Locale.ROOT))) {
                problems.add("table " + table.name() + " occurs twice");
            }
        }
        return problems;
    }
}
