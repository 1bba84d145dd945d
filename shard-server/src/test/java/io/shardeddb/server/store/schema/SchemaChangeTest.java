package io.shardeddb.server.store.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.TableDescription;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a leader objects to before it puts a definition into the log. */
class SchemaChangeTest {

    private static final TableDefinition WIDER = StoreFixture.table(
            "StudT",
            List.of("Stud_id"),
            "Stud_id Number",
            "Stud_name String",
            "Stud_marks Number",
            "note VARCHAR(20)?");
    private static final TableDefinition SECOND = StoreFixture.table("Second", List.of("k"), "k Number");
    private static final DatabaseSchema PRESENT = schema(3, WIDER, SECOND);

    private static DatabaseSchema schema(long version, TableDefinition... tables) {
        return new DatabaseSchema(version, Strategy.RANGE, List.of(tables));
    }

    private static String objection(DatabaseSchema asked) {
        DatabaseException objection = SchemaChange.objection(PRESENT, asked.toWire());
        return objection == null ? "" : String.valueOf(objection.getMessage());
    }

    @Test
    void letsPassWhatAddsAndWhatIsThereAlready() {
        TableDefinition third = StoreFixture.table("Third", List.of("k"), "k Number");
        assertThat(objection(schema(4, WIDER, SECOND, third))).isEmpty();
        assertThat(objection(PRESENT)).isEmpty();
        assertThat(objection(schema(3, SECOND, WIDER))).isEmpty();
        assertThat(objection(schema(2, StoreFixture.STUDENTS))).isEmpty();
        assertThat(SchemaChange.objection(null, PRESENT.toWire())).isNull();
    }

    @Test
    void objectsToWhatWouldBeRefused() {
        assertThat(objection(schema(4, WIDER))).contains("table Second cannot be dropped");
        assertThat(objection(schema(4, StoreFixture.STUDENTS, SECOND))).contains("column note");
    }

    @Test
    void objectsToAnotherContentOfAVersionThatIsInForce() {
        assertThat(objection(schema(3, WIDER))).contains("version 3 is in force and differs");
        TableDefinition third = StoreFixture.table("Third", List.of("k"), "k Number");
        assertThat(objection(schema(3, WIDER, SECOND, third))).contains("version 3 is in force and differs");
        assertThat(objection(schema(2, third))).contains("version 3 is in force and differs");
    }

    @Test
    void objectsToWhatIsNoSchema() {
        SchemaDefinition bad = SchemaDefinition.newBuilder()
                .setVersion(4)
                .setStrategy(ShardingStrategy.RANGE)
                .addTables(TableDescription.newBuilder()
                        .setName("t")
                        .addColumns(ColumnDescription.newBuilder().setName("k").setType("VARCHAR(40)"))
                        .addPrimaryKey("k")
                        .setShardKey("k"))
                .build();
        assertThat(Objects.requireNonNull(SchemaChange.objection(null, bad)).code())
                .isEqualTo(ErrorCode.INVALID_SCHEMA);
        SchemaDefinition misspelt = bad.toBuilder()
                .setTables(
                        0,
                        bad.getTables(0).toBuilder()
                                .setColumns(
                                        0,
                                        bad.getTables(0).getColumns(0).toBuilder()
                                                .setType("NUMBR")))
                .build();
        assertThat(Objects.requireNonNull(SchemaChange.objection(PRESENT, misspelt))
                        .code())
                .isEqualTo(ErrorCode.INVALID_SCHEMA);
    }
}
