package io.shardeddb.server.store.state;

import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.sql.SqlText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of one schema version, with the statements on them. */
public final class StoredSchema {

    private final DatabaseSchema definition;
    private final Map<String, StoredTable> tables = new LinkedHashMap<>();

    public StoredSchema(SqlText sql, DatabaseSchema definition) {
        this.definition = definition;
        for (TableDefinition table : definition.tables()) {
            tables.put(table.name(), new StoredTable(sql, table));
        }
    }

    /** Of a definition as it was logged. */
    public static StoredSchema of(SqlText sql, SchemaDefinition definition) {
        return new StoredSchema(sql, DatabaseSchema.ofWire(definition));
    }

    public DatabaseSchema definition() {
        return definition;
    }

    public long version() {
        return definition.version();
    }

    public @Nullable StoredTable find(String name) {
        return tables.get(name);
    }

    public List<StoredTable> tables() {
        return List.copyOf(tables.values());
    }
}
