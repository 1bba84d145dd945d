package io.shardeddb.router.topology;

import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** From tables as resources write them to tables as requests need them. Pure. */
public final class Tables {

    private Tables() {}

    /**
     * A table of the custom resource.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException INVALID_SCHEMA with the rule that is broken
     * @throws IllegalArgumentException for a type that does not exist
     */
    public static TableDefinition definition(TableSpec table) {
        List<ColumnDefinition> columns = new ArrayList<>();
        for (ColumnSpec column : table.columns()) {
            columns.add(
                    new ColumnDefinition(column.name(), ColumnType.parse(column.type()), isNullable(table, column)));
        }
        List<IndexDefinition> indexes = table.indexes().stream()
                .map(index -> new IndexDefinition(index.name(), index.columns(), index.path()))
                .toList();
        return new TableDefinition(table.name(), columns, table.primaryKey(), table.effectiveShardKey(), indexes);
    }

    static List<TableDefinition> definitions(List<TableSpec> tables) {
        return tables.stream().map(Tables::definition).toList();
    }

    /** The shard key paths of collections that have one, by the names of their tables. */
    static Map<String, String> shardKeyPaths(List<TableSpec> tables) {
        Map<String, String> paths = new HashMap<>();
        for (TableSpec table : tables) {
            String path = table.shardKeyPath();
            if (path != null) {
                paths.put(table.name(), path);
            }
        }
        return paths;
    }

    /** A spec's tables as they would be brought to the servers, with their texts as they stand there; version 0. */
    public static SchemaDefinition texts(ShardedDatabaseSpec spec) {
        SchemaDefinition.Builder schema = SchemaDefinition.newBuilder()
                .setStrategy(strategy(spec.sharding().strategy()).toWire());
        for (TableSpec table : spec.expanded().tables()) {
            TableDescription.Builder description = TableDescription.newBuilder()
                    .setName(table.name())
                    .addAllPrimaryKey(table.primaryKey())
                    .setShardKey(table.effectiveShardKey());
            table.columns()
                    .forEach(column -> description.addColumns(ColumnDescription.newBuilder()
                            .setName(column.name())
                            .setType(column.type())
                            .setNullable(isNullable(table, column))));
            table.indexes()
                    .forEach(index -> description.addIndexes(IndexDescription.newBuilder()
                            .setName(index.name())
                            .addAllColumns(index.columns())
                            .setPath(Objects.requireNonNullElse(index.path(), ""))));
            schema.addTables(description);
        }
        return schema.build();
    }

    static Strategy strategy(ShardingStrategy strategy) {
        return strategy == ShardingStrategy.Hash ? Strategy.HASH : Strategy.RANGE;
    }

    /** Key columns hold no NULL, whatever is written. */
    private static boolean isNullable(TableSpec table, ColumnSpec column) {
        return column.nullable() && !table.primaryKey().contains(column.name());
    }
}
