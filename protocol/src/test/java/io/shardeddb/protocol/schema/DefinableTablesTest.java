package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DefinableTablesTest {

    private static TableDescription.Builder table(String name, String... types) {
        TableDescription.Builder table =
                TableDescription.newBuilder().setName(name).addPrimaryKey("c0").setShardKey("c0");
        for (int i = 0; i < types.length; i++) {
            table.addColumns(ColumnDescription.newBuilder()
                    .setName("c" + i)
                    .setType(types[i])
                    .setNullable(i > 0));
        }
        return table;
    }

    private static SchemaDefinition schema(TableDescription.Builder... tables) {
        SchemaDefinition.Builder schema =
                SchemaDefinition.newBuilder().setVersion(4).setStrategy(ShardingStrategy.RANGE);
        List.of(tables).forEach(schema::addTables);
        return schema.build();
    }

    @Test
    void tablesThatBreakNoRuleStayAsTheyAre() {
        SchemaDefinition good = schema(table("t", "BIGINT", "INT")
                .addIndexes(IndexDescription.newBuilder().setName("i").addColumns("c1")));
        assertThat(DefinableTables.whole(good)).isTrue();
        assertThat(DefinableTables.of(good).table("t").indexes()).hasSize(1);
        assertThat(DefinableTables.of(good).version()).isEqualTo(4);
    }

    @Test
    void ofOthersWhatMayHaveBeenDefined() {
        SchemaDefinition bad = schema(
                table("good", "BIGINT", "INT"), table("half", "BIGINT", "INT", "NOTYPE", "INT"), table("none", "TEXT"));
        assertThat(DefinableTables.whole(bad)).isFalse();
        DatabaseSchema definable = DefinableTables.of(bad);
        assertThat(definable.tables()).extracting(TableDefinition::name).containsExactly("good", "half");
        assertThat(definable.table("half").columns())
                .extracting(ColumnDefinition::name)
                .containsExactly("c0", "c1");
    }
}
