package io.shardeddb.router.http.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.GroupId;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableRequestsTest {

    private static final DatabaseSchema SCHEMA =
            new DatabaseSchema(1, Strategy.RANGE, List.of(table("accounts"), table("bookings")));
    private static final Topology TOPOLOGY = new Topology(
            SCHEMA,
            List.of(shard("low", 1, new Interval(0, 100L)), shard("high", 2, new Interval(100, 200L))),
            List.of());

    private static TableDefinition table(String name) {
        ColumnDefinition id = new ColumnDefinition("id", ColumnType.parse("BIGINT"), false);
        ColumnDefinition seats = new ColumnDefinition("seats", ColumnType.parse("INT"), true);
        return new TableDefinition(name, List.of(id, seats), List.of("id"), "id");
    }

    private static ShardEntry shard(String name, long id, Interval interval) {
        return new ShardEntry(name, new GroupId(0, id), interval, 1, List.of());
    }

    private static WritePlan batch(String operations) {
        byte[] body = ("{\"operations\":[" + operations + "]}").getBytes(StandardCharsets.UTF_8);
        return TableRequests.batch(TOPOLOGY, null, body);
    }

    @Test
    void aBatchOverTablesNamesTheTableOfEachOperation() {
        WritePlan plan = batch("""
                {"table":"bookings","insert":{"id":7,"seats":1}},
                {"table":"accounts","update":{"id":150},"set":{"seats":{"add":-1,"min":0}}},
                {"table":"accounts","insert":{"id":7,"seats":2}}""");
        assertThat(plan.tables()).containsExactly("bookings", "accounts");
        assertThat(plan.isConditional()).isTrue();
        assertThat(plan.parts()).hasSize(2);
        WritePlan.Part low = plan.parts().getFirst();
        assertThat(low.operations()).extracting(RowOperation::getTable).containsExactly(0, 1);
        assertThat(low.numbers()).containsExactly(0, 2);
        assertThat(low.tableOf(1)).isEqualTo(SCHEMA.table("accounts"));
        WritePlan.Part high = plan.parts().getLast();
        assertThat(high.operations()).extracting(RowOperation::getTable).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"insert":{"id":1}} | each operation begins with "table"
                    {"insert":{"id":1},"table":"accounts"} | each operation begins with "table"
                    {"table":7,"insert":{"id":1}} | each operation begins with "table"
                    {"table":"accounts"} | an operation is insert
                    {"table":"flights","insert":{"id":1}} | flights
                    {"table":"accounts","insert":{"id":1}},{"table":"accounts","delete":{"id":1}} | the same key
                    {"table":"accounts","table":"bookings","insert":{"id":1}} | 'table'
                    """)
    void refusesWhatNamesNoTable(String operations, String reason) {
        assertThatThrownBy(() -> batch(operations))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void twoTablesMayHaveTheSameKey() {
        assertThat(batch("""
                {"table":"accounts","delete":{"id":1}},{"table":"bookings","delete":{"id":1}}""").size()).isEqualTo(2);
    }
}
