package io.shardeddb.protocol.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.change.ConditionalChange.Effect;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConditionalChangeTest {
    private static final int SEATS = 1;
    private static final int PRICE = 2;
    private static final int NOTES = 3;
    private static final int SMALL = 4;
    private static final int LARGE = 5;
    private static final int NAME = 6;

    private static final TableDefinition TABLE = new TableDefinition(
            "flights",
            List.of(
                    column("id", "Number", false),
                    column("seats", "Number", true),
                    column("price", "DECIMAL(6,2)", true),
                    column("notes", "JSON", true),
                    column("small", "TINYINT", true),
                    column("large", "BIGINT UNSIGNED", true),
                    column("name", "VARCHAR(20)", true)),
            List.of("id"),
            "id");

    private static final Row ROW = row(new Value.Int64(9), new Value.Text("10.50"), new Value.Text("{\"a\":[1,2]}"));
    private static final StoredRow STORED = new StoredRow(ROW, 77);

    private static ColumnDefinition column(String name, String type, boolean nullable) {
        return new ColumnDefinition(name, ColumnType.parse(type), nullable);
    }

    private static Row row(Value seats, Value price, Value notes) {
        return Row.of(
                new Value.Int64(1),
                seats,
                price,
                notes,
                new Value.Int64(100),
                new Value.Unsigned64(-1),
                new Value.Text("LX1"));
    }

    private static ConditionalChange update(Precondition... conditions) {
        return new ConditionalChange(
                TABLE,
                OperationKind.UPDATE,
                Row.of(new Value.Text("LX2")),
                List.of(NAME),
                List.of(),
                List.of(conditions),
                false);
    }

    private static ConditionalChange computing(int column, Expression expression) {
        return new ConditionalChange(
                TABLE,
                OperationKind.UPDATE,
                Row.of(),
                List.of(),
                List.of(new ComputedColumn(column, expression)),
                List.of(),
                true);
    }

    private static Effect computed(int column, Expression expression) {
        ConditionalChange change = computing(column, expression);
        change.check();
        return change.on(STORED);
    }

    private static Value next(int column, Expression expression) {
        assertThat(computed(column, expression)).isInstanceOf(Effect.Written.class);
        return ((Effect.Written) computed(column, expression)).row().get(column);
    }

    private static ErrorCode failed(Effect effect) {
        assertThat(effect).isInstanceOf(Effect.Failed.class);
        return ((Effect.Failed) effect).code();
    }

    private static ErrorCode refused(ConditionalChange change) {
        DatabaseException[] refusal = new DatabaseException[1];
        assertThatThrownBy(change::check)
                .isInstanceOfSatisfying(DatabaseException.class, thrown -> refusal[0] = thrown);
        return refusal[0].code();
    }

    @Test
    void aConditionHoldsOrNothingIsChanged() {
        Precondition seatsLeft = new Precondition.Column(SEATS, Comparison.GREATER, new Value.Int64(8));
        Precondition noneLeft = new Precondition.Column(SEATS, Comparison.EQUAL, new Value.Int64(0));
        assertThat(update(seatsLeft).on(STORED)).isInstanceOf(Effect.Written.class);
        assertThat(failed(update(seatsLeft, noneLeft).on(STORED))).isEqualTo(ErrorCode.CONDITION_FAILED);
        assertThat(failed(update(seatsLeft).on(null))).isEqualTo(ErrorCode.CONDITION_FAILED);
    }

    @Test
    void aVersionIsTheSameOrAnother() {
        assertThat(update(new Precondition.Unchanged(77)).on(STORED)).isInstanceOf(Effect.Written.class);
        assertThat(failed(update(new Precondition.Unchanged(76)).on(STORED))).isEqualTo(ErrorCode.CONDITION_FAILED);
        assertThat(failed(update(new Precondition.Unchanged(78)).on(STORED))).isEqualTo(ErrorCode.CONDITION_FAILED);
        assertThat(failed(update(new Precondition.Unchanged(77)).on(null))).isEqualTo(ErrorCode.CONDITION_FAILED);
    }

    @Test
    void aRowIsThereOrNot() {
        assertThat(update(new Precondition.Present()).on(STORED)).isInstanceOf(Effect.Written.class);
        assertThat(failed(update(new Precondition.Present()).on(null))).isEqualTo(ErrorCode.CONDITION_FAILED);
        assertThat(failed(update(new Precondition.Absent()).on(STORED))).isEqualTo(ErrorCode.CONDITION_FAILED);
        assertThat(update(new Precondition.Absent()).on(null)).isEqualTo(new Effect.Nothing());
    }

    /** What the five kinds do without conditions is what they always did. */
    @ParameterizedTest
    @EnumSource(names = {"INSERT", "INSERT_IF_ABSENT", "UPSERT", "UPDATE", "DELETE"})
    void theKindsStayWhatTheyAre(OperationKind kind) {
        Row row = kind == OperationKind.UPDATE || kind == OperationKind.DELETE ? Row.of() : ROW;
        ConditionalChange change = new ConditionalChange(TABLE, kind, row, List.of(), List.of(), List.of(), true);
        change.check();
        Effect absent = change.on(null);
        Effect present = change.on(STORED);
        switch (kind) {
            case INSERT -> {
                assertThat(absent).isEqualTo(new Effect.Written(ROW));
                assertThat(failed(present)).isEqualTo(ErrorCode.DUPLICATE_KEY);
            }
            case INSERT_IF_ABSENT -> {
                assertThat(absent).isEqualTo(new Effect.Written(ROW));
                assertThat(present).isEqualTo(new Effect.Nothing());
            }
            case UPSERT -> {
                assertThat(absent).isEqualTo(new Effect.Written(ROW));
                assertThat(present).isEqualTo(new Effect.Written(ROW));
            }
            case UPDATE -> {
                assertThat(failed(absent)).isEqualTo(ErrorCode.ROW_NOT_FOUND);
                assertThat(present).isEqualTo(new Effect.Written(ROW));
            }
            default -> {
                assertThat(failed(absent)).isEqualTo(ErrorCode.ROW_NOT_FOUND);
                assertThat(present).isEqualTo(new Effect.Removed());
            }
        }
    }

    private static Expression.Add add(Value amount, @Nullable Value least, @Nullable Value greatest) {
        return new Expression.Add(amount, least, greatest);
    }

    private static Value.Int64 number(long value) {
        return new Value.Int64(value);
    }

    @Test
    void addsWithinBounds() {
        assertThat(next(SEATS, add(number(-9), number(0), null))).isEqualTo(number(0));
        assertThat(failed(computed(SEATS, add(number(-10), number(0), null)))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        assertThat(failed(computed(SEATS, add(number(1), null, number(9))))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        assertThat(next(PRICE, add(new Value.Text("-0.51"), null, null))).isEqualTo(new Value.Text("9.99"));
    }

    @Test
    void neverLeavesTheColumnsType() {
        assertThat(next(SMALL, add(number(27), null, null))).isEqualTo(number(127));
        assertThat(failed(computed(SMALL, add(number(28), null, null)))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        assertThat(failed(computed(LARGE, add(number(1), null, null)))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        assertThat(next(LARGE, add(number(-1), null, null))).isEqualTo(new Value.Unsigned64(-2));
        assertThat(failed(computed(SEATS, add(number(Long.MAX_VALUE), null, null))))
                .isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        assertThat(failed(computed(PRICE, add(new Value.Text("9990.00"), null, null))))
                .isEqualTo(ErrorCode.OUT_OF_BOUNDS);
    }

    @Test
    void nullCountsAsZero() {
        StoredRow empty = new StoredRow(row(Value.NULL, Value.NULL, Value.NULL), 1);
        assertThat(computing(SEATS, add(number(3), null, null)).on(empty))
                .isEqualTo(new Effect.Written(row(number(3), Value.NULL, Value.NULL)));
        assertThat(computing(PRICE, add(new Value.Text("3"), null, null)).on(empty))
                .isEqualTo(new Effect.Written(row(Value.NULL, new Value.Text("3.00"), Value.NULL)));
    }

    private static List<PathStep> path(String text) {
        return List.of(text.split(",")).stream()
                .filter(step -> !step.isEmpty())
                .<PathStep>map(step -> step.matches("[0-9]+")
                        ? new PathStep.Element(Integer.parseInt(step))
                        : new PathStep.Member(step))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set    | b     | 7       | {\"a\":[1,2],\"b\":7}",
                "set    | a,0   | null    | {\"a\":[null,2]}",
                "set    | a,2   | 3       | {\"a\":[1,2,3]}",
                "set    | b,c,0 | {}      | {\"a\":[1,2],\"b\":{\"c\":[{}]}}",
                "set    | ''    | [1]     | [1]",
                "unset  | a     | null    | {}",
                "unset  | a,0   | null    | {\"a\":[2]}",
                "unset  | x,y   | null    | {\"a\":[1,2]}",
                "unset  | a,2   | null    | {\"a\":[1,2]}",
                "append | a     | {\"x\":1} | {\"a\":[1,2,{\"x\":1}]}",
                "append | b,c   | 1       | {\"a\":[1,2],\"b\":{\"c\":[1]}}"
            })
    void changesAPlaceInJson(String verb, String path, String json, String expected) {
        assertThat(next(NOTES, onJson(verb, path, json))).isEqualTo(new Value.Text(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set    | a,b     | 7",
                "set    | a,0,x   | 7",
                "set    | a,3     | 7",
                "set    | 0       | 7",
                "unset  | a,0,x   | 7",
                "append | a,0     | 7",
                "append | ''      | 7"
            })
    void goesThroughNoScalar(String verb, String path, String json) {
        assertThat(failed(computed(NOTES, onJson(verb, path, json)))).isEqualTo(ErrorCode.PATH_BLOCKED);
    }

    private static Expression onJson(String verb, String path, String json) {
        return switch (verb) {
            case "set" -> new Expression.JsonSet(path(path), json);
            case "unset" -> new Expression.JsonUnset(path(path));
            default -> new Expression.JsonAppend(path(path), json);
        };
    }

    @Test
    void sqlsNullIsAnEmptyValue() {
        StoredRow empty = new StoredRow(row(Value.NULL, Value.NULL, Value.NULL), 1);
        assertThat(computing(NOTES, onJson("set", "b", "7")).on(empty))
                .isEqualTo(new Effect.Written(row(Value.NULL, Value.NULL, new Value.Text("{\"b\":7}"))));
        assertThat(computing(NOTES, onJson("append", "", "7")).on(empty))
                .isEqualTo(new Effect.Written(row(Value.NULL, Value.NULL, new Value.Text("[7]"))));
        assertThat(computing(NOTES, onJson("unset", "b", "")).on(empty)).isEqualTo(new Effect.Written(empty.row()));
    }

    @Test
    void jsonStaysWithinItsBounds() {
        String deep = "[".repeat(30) + "]".repeat(30);
        assertThat(failed(computed(NOTES, onJson("set", "b,c", deep)))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
        String long_ = "\"" + "x".repeat(Expression.MAX_JSON_BYTES) + "\"";
        assertThat(failed(computed(NOTES, onJson("set", "b", long_)))).isEqualTo(ErrorCode.OUT_OF_BOUNDS);
    }

    /** An upsert inserts the row where there is none, and otherwise only computes: a counter that begins by itself. */
    @Test
    void anUpsertThatComputesKeepsTheRow() {
        ConditionalChange count = new ConditionalChange(
                TABLE,
                OperationKind.UPSERT,
                row(number(1), Value.NULL, Value.NULL),
                List.of(),
                List.of(new ComputedColumn(SEATS, add(number(1), null, null))),
                List.of(),
                false);
        count.check();
        assertThat(count.on(null)).isEqualTo(new Effect.Written(row(number(1), Value.NULL, Value.NULL)));
        assertThat(count.on(STORED)).isEqualTo(new Effect.Written(row(number(10), ROW.get(PRICE), ROW.get(NOTES))));
    }

    @Test
    void whatFitsNoRowIsRefusedBefore() {
        assertThat(refused(computing(NAME, add(number(1), null, null)))).isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refused(computing(SEATS, add(new Value.Real(1), null, null))))
                .isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refused(computing(PRICE, add(new Value.Text("0.001"), null, null))))
                .isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refused(computing(SEATS, onJson("set", "a", "1")))).isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refused(computing(NOTES, onJson("unset", "", "")))).isEqualTo(ErrorCode.MALFORMED_REQUEST);
        assertThat(refused(computing(NOTES, onJson("set", "a,".repeat(32), "1"))))
                .isEqualTo(ErrorCode.MALFORMED_REQUEST);
        assertThat(refused(computing(0, add(number(1), null, null)))).isEqualTo(ErrorCode.KEY_NOT_CHANGEABLE);
        assertThat(refused(computing(7, add(number(1), null, null)))).isEqualTo(ErrorCode.MALFORMED_REQUEST);
        assertThat(refused(update(new Precondition.Column(7, Comparison.EQUAL, Value.NULL))))
                .isEqualTo(ErrorCode.MALFORMED_REQUEST);
        assertThat(refused(update(new Precondition.Column(NOTES, Comparison.LESS, new Value.Text("1")))))
                .isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refused(update(new Precondition.Column(SEATS, Comparison.LESS, Value.NULL))))
                .isEqualTo(ErrorCode.WRONG_TYPE);
    }
}
