package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {

    @Test
    void goesOverTheWireAndBack() {
        DatabaseSchema schema = new DatabaseSchema(
                7,
                Strategy.RANGE,
                List.of(
                        table(
                                "StudT",
                                "Stud_id",
                                "Stud_id",
                                "Stud_id Number",
                                "Stud_name String",
                                "Stud_marks Number?"),
                        table("b", "x,y", "y", "x VARCHAR(20)", "y BIGINT UNSIGNED", "z JSON?")));
        assertThat(DatabaseSchema.ofWire(schema.toWire())).isEqualTo(schema);
        TableDefinition indexed = new TableDefinition(
                "b",
                schema.table("b").columns(),
                List.of("x", "y"),
                "y",
                List.of(new IndexDefinition("j", List.of("y")), new IndexDefinition("i", List.of("y", "x"))));
        assertThat(indexed).isNotEqualTo(schema.table("b"));
        assertThat(TableDefinition.ofWire(indexed.toWire())).isEqualTo(indexed);
        assertThat(indexed.indexes()).extracting(IndexDefinition::name).containsExactly("i", "j");
        TableDefinition ofPath = new TableDefinition(
                "b",
                schema.table("b").columns(),
                List.of("x", "y"),
                "y",
                List.of(new IndexDefinition("p", List.of("z"), "a.b")));
        assertThat(TableDefinition.ofWire(ofPath.toWire())).isEqualTo(ofPath);
        TableDefinition b = schema.table("b");
        assertThat(b.shardKeyInKey()).isEqualTo(1);
        Row row = Row.of(new Value.Text("k"), new Value.Unsigned64(3), Value.NULL);
        assertThat(b.keyOf(row)).isEqualTo(Row.of(new Value.Text("k"), new Value.Unsigned64(3)));
        assertThat(schema.position(b, row)).isEqualTo(schema.positionOfKey(b, b.keyOf(row)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "T | id | id | id Number,id Number | occurs twice",
                "T | id | id | id Number,ID Number | occurs twice",
                "1T | id | id | id Number | must match",
                "T | id | id | id Number,a-b Number | must match",
                "T | id | id | id Number,_shardeddb_x Number | not start with",
                "T | no | no | id Number | is not a column",
                "T | id | x | id Number,x Number | must be part of the primary key",
                "T | id | id | id Number? | cannot be nullable",
                "T | id | id | id JSON | cannot be part of a primary key",
                "T | id | id | id VARCHAR(800) | at most 3072",
                "T | id | id | id Number,x VARCHAR(16000),y VARCHAR(16000) | at most 65000",
            })
    void refusesTablesThatBreakARule(String name, String key, String shardKey, String columns, String reason) {
        assertThatThrownBy(() -> table(name, key, shardKey, columns.split(",")))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SCHEMA);
                    assertThat(e.text()).contains(reason);
                });
    }

    @Test
    void refusesIndexesThatBreakARule() {
        TableDefinition t = table("T", "id", "id", "id Number");
        assertThatThrownBy(() -> new TableDefinition(
                        "T", t.columns(), List.of("id"), "id", List.of(new IndexDefinition("i", List.of("no")))))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("column no of index i is not a column of the table");
    }

    @Test
    void refusesTextAsPositionUnderRange() {
        List<TableDefinition> tables = List.of(table("T", "id", "id", "id String"));
        assertThatThrownBy(() -> new DatabaseSchema(1, Strategy.RANGE, tables)).hasMessageContaining("integer column");
        assertThat(new DatabaseSchema(1, Strategy.HASH, tables).tables()).hasSize(1);
    }

    @Test
    void refusesTablesThatDifferOnlyByCase() {
        List<TableDefinition> tables =
                List.of(table("T", "id", "id", "id Number"), table("t", "id", "id", "id Number"));
        assertThatThrownBy(() -> new DatabaseSchema(1, Strategy.RANGE, tables)).hasMessageContaining("occurs twice");
    }

    @Test
    void namesTheTablesThatExist() {
        DatabaseSchema schema = new DatabaseSchema(1, Strategy.RANGE, List.of(table("T", "id", "id", "id Number")));
        assertThatThrownBy(() -> schema.table("U")).hasMessage("there is no table 'U'; there are [T]");
    }

    @ParameterizedTest
    @CsvSource({
        "'DECIMAL(5,2)', 9.50, 10.00",
        "'DECIMAL(5,2)', -10.00, -9.50",
        "TIME, -838:00:00, -01:00:00",
        "TIME, -01:00:00, 00:00:00",
        "TIME, 99:00:00, 100:00:00",
        "DATE, 2025-12-31, 2026-01-01",
        "String, a, b",
        "String, a, a!",
        "String, Z, a",
        "String, ￿, 😀",
    })
    void keysAreOrderedAsTheDatabasesOrderThem(String type, String less, String greater) {
        ColumnType columnType = ColumnType.parse(type);
        assertThat(KeyOrder.compare(columnType, new Value.Text(less), new Value.Text(greater)))
                .isNegative();
        assertThat(KeyOrder.compare(columnType, new Value.Text(greater), new Value.Text(less)))
                .isPositive();
        assertThat(KeyOrder.compare(columnType, new Value.Text(less), new Value.Text(less)))
                .isZero();
    }

    @Test
    void aControlCharacterSortsBeforeTheEndOfAText() {
        assertThat(KeyOrder.compare(ColumnType.parse("String"), new Value.Text("a\t"), new Value.Text("a")))
                .isNegative();
    }

    private static TableDefinition table(String name, String key, String shardKey, String... columns) {
        return new TableDefinition(
                name,
                Arrays.stream(columns)
                        .map(column -> {
                            int blank = column.indexOf(' ');
                            String type = column.substring(blank + 1);
                            boolean nullable = type.endsWith("?");
                            return new ColumnDefinition(
                                    column.substring(0, blank), ColumnType.parse(type.replace("?", "")), nullable);
                        })
                        .toList(),
                List.of(key.split(",")),
                shardKey);
    }
}
