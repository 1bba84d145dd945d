package io.shardeddb.server.store.state;

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

    public TableDefinition definition() {
        return definition;
    }

    public String name() {
        return definition.name();
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
