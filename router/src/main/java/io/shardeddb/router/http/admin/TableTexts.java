package io.shardeddb.router.http.admin;

import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;

/** A spec's tables as they would be brought to the servers, with their texts as they stand there. */
final class TableTexts {

    private TableTexts() {}

    static SchemaDefinition of(ShardedDatabaseSpec spec) {
        boolean hash = spec.sharding().strategy() == ShardingStrategy.Hash;
        SchemaDefinition.Builder schema = SchemaDefinition.newBuilder()
                .setStrategy(
                        hash
                                ? io.shardeddb.protocol.wire.ShardingStrategy.HASH
                                : io.shardeddb.protocol.wire.ShardingStrategy.RANGE);
        spec.tables().forEach(table -> {
            TableDescription.Builder description = TableDescription.newBuilder()
                    .setName(table.name())
                    .addAllPrimaryKey(table.primaryKey())
                    .setShardKey(table.effectiveShardKey());
            table.columns()
                    .forEach(column -> description.addColumns(ColumnDescription.newBuilder()
                            .setName(column.name())
                            .setType(column.type())
                            .setNullable(
                                    column.nullable() && !table.primaryKey().contains(column.name()))));
            schema.addTables(description);
        });
        return schema.build();
    }
}
