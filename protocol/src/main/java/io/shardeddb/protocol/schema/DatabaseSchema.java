package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Positions;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A database's tables at one version. Always valid: the constructor refuses anything else. */
public final class DatabaseSchema {

    private final long version;
    private final Strategy strategy;
    private final Map<String, TableDefinition> tables;
    private volatile long hash = SchemaHash.NONE;

    /**
     * @param version grows with each change; 0 when there is no schema yet
     * @throws DatabaseException INVALID_SCHEMA with every rule that is broken
     */
    public DatabaseSchema(long version, Strategy strategy, List<TableDefinition> tables) {
        List<String> problems = new ArrayList<>(SchemaRules.nameProblems(tables));
        for (TableDefinition table : tables) {
            problems.addAll(SchemaRules.problems(table, strategy));
        }
        if (!problems.isEmpty()) {
            throw new DatabaseException(ErrorCode.INVALID_SCHEMA, String.join("; ", problems));
        }
        this.version = version;
        this.strategy = strategy;
        this.tables = new LinkedHashMap<>();
        tables.forEach(table -> this.tables.put(table.name(), table));
    }

    /** Number of this set of tables; it grows with each change. */
    public long version() {
        return version;
    }

    /** How keys become positions. */
    public Strategy strategy() {
        return strategy;
    }

    /** Hash of the tables and the strategy, without the version; see {@link SchemaHash}. */
    public long hash() {
        long known = hash;
        if (known == SchemaHash.NONE) {
            known = SchemaHash.of(this);
            hash = known;
        }
        return known;
    }

    /**
     * Lets a request pass that was made for these tables.
     *
     * @param version that the request names
     * @param hash that the request names; {@link SchemaHash#NONE} from a caller that knows only versions
     * @throws DatabaseException SCHEMA_CHANGED, with {@code schemaVersion} and {@code schemaHash} of these tables in
     *     its details
     */
    public void require(long version, long hash) {
        if (version == this.version && (hash == SchemaHash.NONE || hash == hash())) {
            return;
        }
        throw new DatabaseException(
                ErrorCode.SCHEMA_CHANGED,
                "the request was made for schema version " + Long.toUnsignedString(version)
                        + (version == this.version ? " with other tables (" + SchemaHash.text(hash) + ")" : "")
                        + ", the shard has " + this.version
                        + (version == this.version ? " (" + SchemaHash.text(hash()) + ")" : ""),
                Map.of("schemaVersion", Long.toString(this.version), "schemaHash", SchemaHash.text(hash())));
    }

    /** The tables in their order. */
    public List<TableDefinition> tables() {
        return List.copyOf(tables.values());
    }

    /** The table of a name; null if there is none. */
    public @Nullable TableDefinition find(String table) {
        return tables.get(table);
    }

    /** The table of a name. @throws DatabaseException UNKNOWN_TABLE with the tables that exist */
    public TableDefinition table(String name) {
        TableDefinition table = tables.get(name);
        if (table == null) {
            throw new DatabaseException(
                    ErrorCode.UNKNOWN_TABLE,
                    "there is no table '" + name + "'; there are " + tables.keySet(),
                    Map.of("table", name, "tables", String.join(",", tables.keySet())));
        }
        return table;
    }

    /** Position of a whole row. */
    public long position(TableDefinition table, Row row) {
        return Positions.of(row.get(table.shardKeyIndex()), strategy);
    }

    /** Position of a whole primary key. */
    public long positionOfKey(TableDefinition table, Row key) {
        return Positions.of(key.get(table.shardKeyInKey()), strategy);
    }

    /** The message for it, with the version. */
    public SchemaDefinition toWire() {
        SchemaDefinition.Builder wire =
                SchemaDefinition.newBuilder().setVersion(version).setStrategy(strategy.toWire());
        tables.values().forEach(table -> wire.addTables(table.toWire()));
        return wire.build();
    }

    /** Reads it off the wire. @throws DatabaseException INVALID_SCHEMA */
    public static DatabaseSchema ofWire(SchemaDefinition wire) {
        return new DatabaseSchema(
                wire.getVersion(),
                Strategy.ofWire(wire.getStrategy()),
                wire.getTablesList().stream().map(TableDefinition::ofWire).toList());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DatabaseSchema schema
                && version == schema.version
                && strategy == schema.strategy
                && tables().equals(schema.tables());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version);
    }

    @Override
    public String toString() {
        return "DatabaseSchema[version " + version + ", " + strategy + ", " + tables.values() + "]";
    }
}
