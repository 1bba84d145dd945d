package io.shardeddb.server.store;

import io.shardeddb.protocol.schema.TableDefinition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A user's table with the statements on it, made once. */
final class StoredTable {

    private final TableDefinition definition;
    private final TableSql sql;
    private final String insert;
    private final String upsert;
    private final String delete;
    private final Map<List<Integer>, String> updates = new ConcurrentHashMap<>();

    StoredTable(SqlText text, TableDefinition definition) {
        this.definition = definition;
        this.sql = new TableSql(text, definition);
        this.insert = sql.insert();
        this.upsert = sql.upsert();
        this.delete = sql.delete();
    }

    TableDefinition definition() {
        return definition;
    }

    String name() {
        return definition.name();
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
