package io.shardeddb.server.store.state;

import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.ColumnType.BinaryType;
import io.shardeddb.protocol.schema.ColumnType.BlobType;
import io.shardeddb.protocol.schema.ColumnType.BooleanType;
import io.shardeddb.protocol.schema.ColumnType.DateTimeType;
import io.shardeddb.protocol.schema.ColumnType.DateType;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.FloatingType;
import io.shardeddb.protocol.schema.ColumnType.IntegerType;
import io.shardeddb.protocol.schema.ColumnType.JsonType;
import io.shardeddb.protocol.schema.ColumnType.NumberType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.TextType;
import io.shardeddb.protocol.schema.ColumnType.TimeType;
import io.shardeddb.protocol.schema.RowSize;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** A user's table with the statements on it, made once. */
public final class StoredTable {

    /** Texts kept at most: clients choose the columns. */
    private static final int MAX_KEY_READS = 1_000;

    private final TableDefinition definition;
    private final TableSql sql;
    private final String insert;
    private final String upsert;
    private final String delete;
    private final List<Integer> allColumns;
    private final boolean takesEveryRow;
    private final long mostRowBytes;
    private final Map<List<Integer>, String> updates = new ConcurrentHashMap<>();
    private final Map<KeyRead, String> keyReads = new ConcurrentHashMap<>();

    private record KeyRead(List<Integer> columns, int keys) {}

    StoredTable(SqlText text, TableDefinition definition) {
        this.definition = definition;
        this.sql = new TableSql(text, definition);
        this.insert = sql.insert();
        this.upsert = sql.upsert();
        this.delete = sql.delete();
        this.takesEveryRow = takesEveryRow(definition);
        this.mostRowBytes = definition.columns().stream()
                .mapToLong(column -> mostRowBytes(column.type()))
                .sum();
        this.allColumns =
                IntStream.range(0, definition.columns().size()).boxed().toList();
    }

    public TableDefinition definition() {
        return definition;
    }

    public String name() {
        return definition.name();
    }

    /**
     * Whether the database takes every row that a leader lets into the log. Of these types the leader's checks are
     * exact, no index is unique, and the longest row fits its page and can be changed.
     */
    public boolean takesEveryRow() {
        return takesEveryRow;
    }

    private static boolean takesEveryRow(TableDefinition table) {
        return RowSize.inlineBytes(table.columns(), table.primaryKey(), table.indexes()) <= RowSize.MAX_INLINE_BYTES
                && RowSize.undoBytes(table.columns(), table.primaryKey(), table.indexes()) <= RowSize.MAX_UNDO_BYTES
                && table.columns().stream().allMatch(column -> isCheckedExactly(column.type()));
    }

    private static boolean isCheckedExactly(ColumnType type) {
        return switch (type) {
            case IntegerType _, NumberType _, BooleanType _, StringType _, TextType _, BinaryType _, BlobType _ -> true;
            case DecimalType _, FloatingType _, DateType _, TimeType _, DateTimeType _, JsonType _ -> false;
        };
    }

    /** Bytes of its longest row with its columns' marks and lengths, at most, as it is encoded. */
    public long mostRowBytes() {
        return mostRowBytes;
    }

    private static long mostRowBytes(ColumnType type) {
        return switch (type) {
            case TextType _, BlobType _, JsonType _ -> Integer.MAX_VALUE;
            // Decimals and times are texts of at most 67 characters.
            default -> 80L + type.declaredBytes();
        };
    }

    /** Places of all columns, in table order. */
    public List<Integer> allColumns() {
        return allColumns;
    }

    /** As {@link TableSql#selectByKeys}. */
    public String selectByKeys(List<Integer> columns, int keys) {
        KeyRead read = new KeyRead(columns, keys);
        String text = keyReads.get(read);
        if (text == null) {
            text = sql.selectByKeys(columns, keys);
            if (keyReads.size() < MAX_KEY_READS) {
                keyReads.put(read, text);
            }
        }
        return text;
    }

    public TableSql sql() {
        return sql;
    }

    public String insert() {
        return insert;
    }

    public String upsert() {
        return upsert;
    }

    public String delete() {
        return delete;
    }

    public String update(List<Integer> columns) {
        return updates.computeIfAbsent(columns, sql::update);
    }
}
