package io.shardeddb.cli.cluster;

import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.IndexSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.SpecChange;
import io.shardeddb.crds.SpecValidation;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.DefinableTables;
import io.shardeddb.protocol.schema.TableAdmission;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the operator asks of the tables of a spec that breaks no other rule. */
public final class TableRules {

    private TableRules() {}

    /**
     * All violations; empty when the tables may be accepted.
     *
     * @param before the spec so far, of whose tables is asked only what every server asks; absent when there is none
     */
    public static List<SpecValidation.Violation> check(ShardedDatabaseSpec spec, @Nullable ShardedDatabaseSpec before) {
        return TableAdmission.problems(texts(spec), before == null ? null : texts(before)).stream()
                .map(problem -> new SpecValidation.Violation("spec." + problem.path(), problem.message()))
                .toList();
    }

    /**
     * What is wrong with a change but for that of its tables; what no server can have taken before is no part of it.
     */
    public static List<SpecValidation.Violation> ofChange(ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return SpecChange.check(
                before, after, !DefinableTables.of(texts(before)).tables().isEmpty());
    }

    /**
     * The steps to other tables.
     *
     * @param before a spec with the tables in force, of which those count that a server can have taken
     * @param after a spec that breaks no rule
     */
    public static List<TableChange> changes(ShardedDatabaseSpec before, ShardedDatabaseSpec after) {
        return TableChange.ofTables(DefinableTables.of(texts(before)), DatabaseSchema.ofWire(texts(after)));
    }

    private static SchemaDefinition texts(ShardedDatabaseSpec spec) {
        boolean hash = spec.sharding().strategy() == ShardingStrategy.Hash;
        SchemaDefinition.Builder schema = SchemaDefinition.newBuilder()
                .setStrategy(
                        hash
                                ? io.shardeddb.protocol.wire.ShardingStrategy.HASH
                                : io.shardeddb.protocol.wire.ShardingStrategy.RANGE);
        spec.expanded().tables().forEach(table -> schema.addTables(texts(table)));
        return schema.build();
    }

    private static TableDescription texts(TableSpec table) {
        TableDescription.Builder description = TableDescription.newBuilder()
                .setName(table.name())
                .addAllPrimaryKey(table.primaryKey())
                .setShardKey(table.effectiveShardKey());
        for (ColumnSpec column : table.columns()) {
            description.addColumns(ColumnDescription.newBuilder()
                    .setName(column.name())
                    // A file may lack it; the API has not looked yet.
                    .setType(Objects.requireNonNullElse(column.type(), ""))
                    .setNullable(column.nullable() && !table.primaryKey().contains(column.name())));
        }
        for (IndexSpec index : table.indexes()) {
            description.addIndexes(IndexDescription.newBuilder()
                    .setName(Objects.requireNonNullElse(index.name(), ""))
                    .addAllColumns(index.columns())
                    .setPath(Objects.requireNonNullElse(index.path(), "")));
        }
        return description.build();
    }
}
