package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table: its columns, its primary key, and the column that places its rows. Always valid: the constructor refuses
 * anything else.
 */
public final class TableDefinition {

    private final String name;
    private final List<ColumnDefinition> columns;
    private final List<String> primaryKey;
    private final String shardKey;
    private final List<IndexDefinition> indexes;
    private final Map<String, Integer> places;
    private final int[] keyIndexes;
    private final int shardKeyIndex;

    /** A table without secondary indexes. @throws DatabaseException INVALID_SCHEMA with the rule that is broken */
    public TableDefinition(String name, List<ColumnDefinition> columns, List<String> primaryKey, String shardKey) {
        this(name, columns, primaryKey, shardKey, List.of());
    }

    /**
     * @param primaryKey names of key columns, in key order
     * @param shardKey one of them
     * @param indexes in any order: it means nothing
     * @throws DatabaseException INVALID_SCHEMA with the rule that is broken
     */
    public TableDefinition(
            String name,
            List<ColumnDefinition> columns,
            List<String> primaryKey,
            String shardKey,
            List<IndexDefinition> indexes) {
        this.name = name;
        this.columns = List.copyOf(columns);
        this.primaryKey = List.copyOf(primaryKey);
        this.shardKey = shardKey;
        this.indexes = indexes.stream()
                .sorted(Comparator.comparing(IndexDefinition::name))
                .toList();
        List<String> problems = new ArrayList<>(SchemaRules.problems(name, this.columns, this.primaryKey, shardKey));
        IndexRules.problems(this.columns, this.indexes).forEach(problem -> problems.add(problem.message()));
        if (!problems.isEmpty()) {
            throw new DatabaseException(ErrorCode.INVALID_SCHEMA, String.join("; ", problems), Map.of("table", name));
        }
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < this.columns.size(); i++) {
            byName.put(this.columns.get(i).name(), i);
        }
        this.places = Map.copyOf(byName);
        this.keyIndexes = this.primaryKey.stream()
                .mapToInt(key -> Objects.requireNonNull(byName.get(key)))
                .toArray();
        this.shardKeyIndex = Objects.requireNonNull(byName.get(shardKey));
    }

    /** The table's name, as it is written in SQL without quotes. */
    public String name() {
        return name;
    }

    /** The columns in the order in which a row has its values. */
    public List<ColumnDefinition> columns() {
        return columns;
    }

    /** The column at a place, from 0. */
    public ColumnDefinition column(int index) {
        return columns.get(index);
    }

    /** Names of the primary key's columns, in the key's order. */
    public List<String> primaryKey() {
        return primaryKey;
    }

    /** Name of the column whose value decides the shard; it is in the primary key. */
    public String shardKey() {
        return shardKey;
    }

    /** The secondary indexes, in the order of their names. */
    public List<IndexDefinition> indexes() {
        return indexes;
    }

    /** The index of a name; absent: there is none. */
    public @Nullable IndexDefinition index(String name) {
        return indexes.stream()
                .filter(index -> index.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The column's place in the table, or -1. */
    public int indexOf(String column) {
        Integer index = places.get(column);
        return index == null ? -1 : index;
    }

    /** The column of a name; null if there is none. */
    public @Nullable ColumnDefinition column(String column) {
        int index = indexOf(column);
        return index < 0 ? null : columns.get(index);
    }

    /** Number of columns of the primary key. */
    public int keySize() {
        return keyIndexes.length;
    }

    /** Table index of the key's i-th column. */
    public int keyIndex(int i) {
        return keyIndexes[i];
    }

    /** The key's i-th column. */
    public ColumnDefinition keyColumn(int i) {
        return columns.get(keyIndexes[i]);
    }

    /** Table index of the shard key's column. */
    public int shardKeyIndex() {
        return shardKeyIndex;
    }

    /** The column whose value decides the shard. */
    public ColumnDefinition shardKeyColumn() {
        return columns.get(shardKeyIndex);
    }

    /** The shard key's place within the primary key. */
    public int shardKeyInKey() {
        return primaryKey.indexOf(shardKey);
    }

    /** Whether the column at a place, from 0, belongs to the primary key. */
    public boolean inPrimaryKey(int columnIndex) {
        for (int key : keyIndexes) {
            if (key == columnIndex) {
                return true;
            }
        }
        return false;
    }

    /** The primary key's values out of a whole row. */
    public Row keyOf(Row row) {
        List<Value> key = new ArrayList<>(keyIndexes.length);
        for (int index : keyIndexes) {
            key.add(row.get(index));
        }
        return new Row(key);
    }

    /**
     * Compares two (prefixes of) keys in the order in which the databases keep them; a prefix is less than what it
     * starts.
     */
    public int compareKeys(Row left, Row right) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            int order = KeyOrder.compare(columns.get(keyIndexes[i]).type(), left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** The message for it. */
    public TableDescription toWire() {
        TableDescription.Builder wire = TableDescription.newBuilder().setName(name);
        for (ColumnDefinition column : columns) {
            wire.addColumns(ColumnDescription.newBuilder()
                    .setName(column.name())
                    .setType(column.type().text())
                    .setNullable(column.nullable()));
        }
        for (IndexDefinition index : indexes) {
            wire.addIndexes(IndexDescription.newBuilder()
                    .setName(index.name())
                    .addAllColumns(index.columns())
                    .setPath(index.path() == null ? "" : index.path()));
        }
        return wire.addAllPrimaryKey(primaryKey).setShardKey(shardKey).build();
    }

    /** Reads it off the wire. @throws DatabaseException INVALID_SCHEMA */
    public static TableDefinition ofWire(TableDescription wire) {
        List<ColumnDefinition> columns = new ArrayList<>(wire.getColumnsCount());
        for (ColumnDescription column : wire.getColumnsList()) {
            columns.add(
                    new ColumnDefinition(column.getName(), parseType(wire.getName(), column), column.getNullable()));
        }
        return new TableDefinition(
                wire.getName(), columns, wire.getPrimaryKeyList(), wire.getShardKey(), indexesOfWire(wire));
    }

    static List<IndexDefinition> indexesOfWire(TableDescription wire) {
        return wire.getIndexesList().stream()
                .map(index -> new IndexDefinition(
                        index.getName(), index.getColumnsList(), index.getPath().isEmpty() ? null : index.getPath()))
                .toList();
    }

    private static ColumnType parseType(String table, ColumnDescription column) {
        try {
            return ColumnType.parse(column.getType());
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.INVALID_SCHEMA,
                    "column " + column.getName() + ": " + e.getMessage(),
                    Map.of("table", table, "column", column.getName()));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TableDefinition table
                && name.equals(table.name)
                && columns.equals(table.columns)
                && primaryKey.equals(table.primaryKey)
                && shardKey.equals(table.shardKey)
                && indexes.equals(table.indexes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, columns, primaryKey, shardKey, indexes);
    }

    @Override
    public String toString() {
        return "TableDefinition[" + name + " " + columns + " key " + primaryKey + " sharded by " + shardKey
                + (indexes.isEmpty() ? "" : " " + indexes) + "]";
    }
}
