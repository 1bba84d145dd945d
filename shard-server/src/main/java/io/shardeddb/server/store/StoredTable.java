package io.shardeddb.server.store;

import io.shardeddb.protocol.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** A user's table with the statements on it, made once. */
final class StoredTable {

    /** Texts kept at most: clients choose the columns. */
    private static final int MAX_KEY_READS = 1_000;

    private final TableDefinition definition;
    private final TableSql sql;
    private final String insert;
    private final String upsert;
    private final String delete;
    private final List<Integer> allColumns;
    private final Map<List<Integer>, String> updates = new ConcurrentHashMap<>();
    private final Map<KeyRead, String> keyReads = new ConcurrentHashMap<>();

    private record KeyRead(List<Integer> columns, int keys) {}

    StoredTable(SqlText text, TableDefinition definition) {
        this.definition = definition;
        this.sql = new TableSql(text, definition);
        this.insert = sql.insert();
        this.upsert = sql.upsert();
        this.delete = sql.delete();
        this.allColumns =
                IntStream.range(0, definition.columns().size()).boxed().toList();
    }

    TableDefinition definition() {
        return definition;
    }

    String name() {
        return definition.name();
    }

    /** Places of all columns, in table order. */
    List<Integer> allColumns() {
        return allColumns;
    }

    /** As {@link TableSql#selectByKeys}. */
    String selectByKeys(List<Integer> columns, int keys) {
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

    TableSql sql() {
        return sql;
    }

    String insert() {
        return insert;
    }

    String upsert() {
        return upsert;
    }

    String delete() {
        return delete;
    }

    String update(List<Integer> columns) {
        return updates.computeIfAbsent(columns, sql::update);
    }
}
