package io.shardeddb.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeedRowsTest {
    private static final TableDefinition TABLE = new TableDefinition(
            "StudT",
            List.of(
                    new ColumnDefinition("Stud_id", ColumnType.parse("Number"), false),
                    new ColumnDefinition("Stud_name", ColumnType.parse("String"), true),
                    new ColumnDefinition("Stud_marks", ColumnType.parse("Number"), true)),
            List.of("Stud_id"),
            "Stud_id");

    private static void refuses(Runnable work, ErrorCode code, String word) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(word);
    }

    @Test
    void turnsNumbersAndStringsIntoOneAnotherAndRounds() {
        RowOperation operation = SeedRows.insert(Map.of("Stud_id", "2255", "Stud_name", 7L, "Stud_marks", 27.5), TABLE);
        assertThat(operation.getKind()).isEqualTo(OperationKind.INSERT_IF_ABSENT);
        assertThat(RowCodec.decode(operation.getRow()))
                .isEqualTo(Row.of(new Value.Int64(2255), new Value.Text("7"), new Value.Int64(28)));
    }

    @Test
    void leavesOutColumnsEmpty() {
        assertThat(RowCodec.decode(SeedRows.insert(Map.of("Stud_id", 1L), TABLE).getRow()))
                .isEqualTo(Row.of(new Value.Int64(1), Value.NULL, Value.NULL));
    }

    @Test
    void refusesColumnsThatAreNotThere() {
        refuses(() -> SeedRows.insert(Map.of("Stud_id", 1L, "age", 3L), TABLE), ErrorCode.UNKNOWN_COLUMN, "age");
        refuses(() -> SeedRows.update(1L, Map.of("age", 3L), TABLE), ErrorCode.UNKNOWN_COLUMN, "age");
    }

    @Test
    void updatesOnlyWhatIsGiven() {
        RowOperation operation = SeedRows.update("1", Map.of("Stud_id", 1L, "Stud_marks", 5L), TABLE);
        assertThat(operation.getColumnsList()).containsExactly(2);
        assertThat(operation.getMustExist()).isTrue();
        assertThat(RowCodec.decode(operation.getKey())).isEqualTo(Row.of(new Value.Int64(1)));
    }

    @Test
    void refusesAnUpdateOfTheKeyOrOfNothing() {
        refuses(
                () -> SeedRows.update(1L, Map.of("Stud_id", 2L, "Stud_marks", 5L), TABLE),
                ErrorCode.KEY_NOT_CHANGEABLE,
                "Stud_id");
        refuses(() -> SeedRows.update(1L, Map.of("Stud_id", 1L), TABLE), ErrorCode.MALFORMED_REQUEST, "no column");
    }

    @Test
    void refusesAMissingKeyOrOneThatIsNoNumber() {
        refuses(() -> SeedRows.key(null, TABLE), ErrorCode.MISSING_KEY, "Stud_id");
        refuses(() -> SeedRows.delete("x", TABLE), ErrorCode.WRONG_TYPE, "Stud_id");
    }

    @Test
    void showsRowsByColumn() {
        assertThat(SeedRows.json(
                        List.of(RowCodec.encode(Row.of(new Value.Int64(1), new Value.Text("a"), new Value.Int64(9)))),
                        TABLE))
                .containsExactly(Map.of("Stud_id", 1L, "Stud_name", "a", "Stud_marks", 9L));
    }
}
