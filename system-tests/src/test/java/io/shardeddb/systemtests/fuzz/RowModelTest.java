package io.shardeddb.systemtests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the model of the rows takes for wrong. */
final class RowModelTest {

    private static final String TABLE = "t0";
    private static final Map<Integer, Long> FIRST = Map.of(1, 1L, 2, 1L, 3, 1L);
    private static final Map<Integer, Long> SECOND = Map.of(1, 2L, 2, 2L, 3, 2L);

    private final Problems problems = new Problems();
    private final RowModel model = new RowModel(problems);

    @BeforeEach
    void writeFirst() {
        model.asksFor(TABLE, TableShape.FIRST);
        begin(5, FIRST);
        model.row(TABLE, 5).acknowledged(System.nanoTime(), "acknowledged");
    }

    private void begin(long key, Map<Integer, Long> columns) {
        model.row(TABLE, key).begin(columns, System.nanoTime(), "begins");
    }

    private static ObjectNode row(long key, Map<Integer, Long> columns) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.put("id", key);
        for (int column = 1; column < TableShape.FIRST; column++) {
            Long write = columns.get(column);
            if (write == null) {
                row.putNull(TableShape.name(column));
            } else {
                TableShape.put(row, TABLE, column, key, write);
            }
        }
        return row;
    }

    @Test
    void takesWhatWasAcknowledged() {
        model.judge(model.asking(TABLE), 5, row(5, FIRST), "read");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void missesARowThatWasAcknowledged() {
        model.judge(model.asking(TABLE), 5, null, "read");
        assertThat(problems.found()).singleElement().asString().contains("was read as not there");
    }

    @Test
    void takesBothStatesWhileAWriteIsUnderWay() {
        begin(5, SECOND);
        model.judge(model.asking(TABLE), 5, row(5, FIRST), "read");
        model.judge(model.asking(TABLE), 5, row(5, SECOND), "read");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void takesAnOldStateOnlyOfAReadThatBeganBefore() {
        RowModel.Asked before = model.asking(TABLE);
        begin(5, SECOND);
        model.row(TABLE, 5).acknowledged(System.nanoTime(), "acknowledged");
        model.judge(before, 5, row(5, FIRST), "read");
        assertThat(problems.found()).isEmpty();
        model.judge(model.asking(TABLE), 5, row(5, FIRST), "read");
        assertThat(problems.found()).hasSize(1);
    }

    @Test
    void neverTakesWhatWasToldAsNotWritten() {
        begin(5, SECOND);
        model.row(TABLE, 5).refused("refused");
        model.judge(model.asking(TABLE), 5, row(5, SECOND), "read");
        assertThat(problems.found()).singleElement().asString().contains("refused");
    }

    @Test
    void knowsColumnsThatAreExchangedByNameOrByValue() {
        ObjectNode named = row(5, FIRST);
        ObjectNode otherOrder = JsonNodeFactory.instance.objectNode();
        for (String column : List.of("id", "b", "a", "n")) {
            otherOrder.set(column, named.get(column));
        }
        ObjectNode otherValues = row(5, FIRST);
        JsonNode a = otherValues.get("a");
        otherValues.set("a", otherValues.get("b"));
        otherValues.set("b", a);
        model.judge(model.asking(TABLE), 5, otherOrder, "read");
        model.judge(model.asking(TABLE), 5, otherValues, "read");
        assertThat(problems.found()).hasSize(2);
        assertThat(problems.found().getFirst()).contains("column 1 is b, not a");
        assertThat(problems.found().getLast()).contains("never written there");
    }

    @Test
    void knowsAColumnThatNoGoodSpecAskedFor() {
        ObjectNode row = row(5, FIRST);
        row.putNull("c1");
        model.judge(model.asking(TABLE), 5, row, "read");
        assertThat(problems.found()).singleElement().asString().contains("at most 4 were ever good");
    }

    @Test
    void knowsAColumnThatIsGone() {
        model.asksFor(TABLE, TableShape.FIRST + 1);
        ObjectNode row = row(5, FIRST);
        row.putNull("c1");
        model.judge(model.asking(TABLE), 5, row, "read");
        assertThat(problems.found()).isEmpty();
        model.judge(model.asking(TABLE), 5, row(5, FIRST), "read");
        assertThat(problems.found()).singleElement().asString().contains("at least 5 were in force");
    }

    @Test
    void knowsARangeThatIsTooShortOrOutOfOrder() {
        begin(7, FIRST);
        model.row(TABLE, 7).acknowledged(System.nanoTime(), "acknowledged");
        List<JsonNode> both = List.of(row(5, FIRST), row(7, FIRST));
        model.judgeRange(model.asking(TABLE), 0, 10, false, both, "range");
        model.judgeRange(model.asking(TABLE), 0, 10, true, both.reversed(), "range");
        assertThat(problems.found()).isEmpty();
        model.judgeRange(model.asking(TABLE), 0, 10, false, both.subList(1, 2), "range");
        model.judgeRange(model.asking(TABLE), 0, 10, false, both.reversed(), "range");
        model.judgeRange(model.asking(TABLE), 6, 10, false, both, "range");
        assertThat(problems.found()).hasSize(3);
    }

    @Test
    void theSameSeedGivesTheSameSteps() {
        assertThat(FuzzSchedule.of(3, 50, true)).isEqualTo(FuzzSchedule.of(3, 50, true));
        assertThat(FuzzSchedule.of(3, 50, true)).isNotEqualTo(FuzzSchedule.of(4, 50, true));
        assertThat(FuzzSchedule.of(3, 200, false))
                .noneMatch(planned -> planned.step().slow());
    }
}
