package io.shardeddb.operator.desired;

import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.List;
import java.util.Objects;

/** A spec's tables as the servers take them. */
public final class Schemas {

    /** The version of rules that knows indexes of paths. */
    private static final int PATH_INDEXES = 3;

    private Schemas() {}

    /** The tables of a spec at a version. */
    public static SchemaDefinition definition(ShardedDatabaseSpec spec, long version) {
        return definition(spec.sharding().strategy(), spec.tables(), version);
    }

    /** Tables at a version. */
    static SchemaDefinition definition(ShardingStrategy strategy, List<TableSpec> tables, long version) {
        SchemaDefinition.Builder schema = SchemaDefinition.newBuilder()
                .setVersion(version)
                .setStrategy(
                        strategy == ShardingStrategy.Hash
                                ? io.shardeddb.protocol.wire.ShardingStrategy.HASH
                                : io.shardeddb.protocol.wire.ShardingStrategy.RANGE);
        for (TableSpec table : tables) {
            TableDescription.Builder description = TableDescription.newBuilder()
                    .setName(table.name())
                    .addAllPrimaryKey(table.primaryKey())
                    .setShardKey(table.effectiveShardKey());
            table.columns()
                    .forEach(column -> description.addColumns(ColumnDescription.newBuilder()
                            .setName(column.name())
                            .setType(column.type())
                            .setNullable(Objects.requireNonNullElse(column.nullable(), true)
                                    && !table.primaryKey().contains(column.name()))));
            table.indexes()
                    .forEach(index -> description.addIndexes(IndexDescription.newBuilder()
                            .setName(index.name())
                            .addAllColumns(index.columns())
                            .setPath(Objects.requireNonNullElse(index.path(), ""))));
            schema.addTables(description);
        }
        return schema.build();
    }

    /** The least rules that know every index of these tables: 0 where they have none. */
    public static int rulesOfIndexes(SchemaDefinition tables) {
        return tables.getTablesList().stream()
                .flatMap(table -> table.getIndexesList().stream())
                .mapToInt(index -> index.getPath().isEmpty() ? TableProposal.ALL_CHANGES : PATH_INDEXES)
                .max()
                .orElse(0);
    }

    /** Hash of the tables alone: a new version is made when it changes. */
    public static String hash(ShardedDatabaseSpec spec) {
        return ContentHash.of(definition(spec, 0).toString());
    }
}
