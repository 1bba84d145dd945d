package io.shardeddb.router.interactive;

import static io.shardeddb.router.interactive.Students.TABLE;
import static io.shardeddb.router.interactive.Students.delete;
import static io.shardeddb.router.interactive.Students.insert;
import static io.shardeddb.router.interactive.Students.key;
import static io.shardeddb.router.interactive.Students.operations;
import static io.shardeddb.router.interactive.Students.row;
import static io.shardeddb.router.interactive.Students.stored;
import static io.shardeddb.router.interactive.Students.update;
import static io.shardeddb.router.interactive.Students.upsert;
import static io.shardeddb.router.interactive.Students.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.RowOperation;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BufferedRowsTest {
    private final Map<RowKey, StoredRow> base = new HashMap<>();
    private final BufferedRows rows = new BufferedRows(new Budget());

    private void present(long id, long marks, long version) {
        base.put(new RowKey(TABLE.name(), key(id)), stored(id, marks, version));
    }

    private int apply(RowOperation.Builder... operations) {
        return rows.apply(operations(operations), base::get, changed -> {});
    }

    private BufferedRows.Written written(long id) {
        return Objects.requireNonNull(rows.find(new RowKey(TABLE.name(), key(id))));
    }

    private static void fails(ErrorCode code, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(code));
    }

    @Test
    void aWriteSeesThoseBeforeIt() {
        present(1, 10, 77);
        assertThat(apply(update(1, 20))).isEqualTo(1);
        assertThat(apply(update(1, 30), insert(2, 5), delete(2))).isEqualTo(3);
        assertThat(written(1)).isEqualTo(new BufferedRows.Written(TABLE, key(1), stored(1, 10, 77), row(1, 30)));
        assertThat(written(2)).isEqualTo(new BufferedRows.Written(TABLE, key(2), null, null));
        assertThat(apply(delete(1), insert(1, 40))).isEqualTo(2);
        assertThat(written(1).now()).isEqualTo(row(1, 40));
        assertThat(written(1).base()).isEqualTo(stored(1, 10, 77));
    }

    @Test
    void ofARequestThatFailsNothingStays() {
        present(1, 10, 77);
        apply(insert(3, 1));
        fails(ErrorCode.DUPLICATE_KEY, () -> apply(update(1, 20), upsert(4, 1), insert(3, 2)));
        assertThat(rows.all()).hasSize(1);
        assertThat(written(3).now()).isEqualTo(row(3, 1));
        fails(ErrorCode.ROW_NOT_FOUND, () -> apply(delete(1), update(9, 1).setMustExist(true)));
        assertThat(rows.all()).hasSize(1);
    }

    @Test
    void whatChangesNothingIsNotWritten() {
        assertThat(apply(update(8, 1), delete(9))).isZero();
        assertThat(rows.all()).isEmpty();
    }

    @Test
    void aVersionIsOfTheSnapshotAndGoneWithTheFirstWrite() {
        present(1, 10, 77);
        assertThat(apply(when(new Precondition.Unchanged(77), update(1, 20)))).isEqualTo(1);
        fails(ErrorCode.CONDITION_FAILED, () -> apply(when(new Precondition.Unchanged(77), update(1, 30))));
        assertThat(apply(when(new Precondition.Present(), update(1, 40)))).isEqualTo(1);
    }

    @Test
    void rowsAndBytesAreBounded() {
        RowOperation.Builder[] many = new RowOperation.Builder[100];
        for (int request = 0; request < BufferedRows.MOST_ROWS / many.length; request++) {
            for (int i = 0; i < many.length; i++) {
                many[i] = upsert(i % Students.SIZE, request);
            }
            apply(many);
        }
        assertThat(rows.all()).hasSize(Students.SIZE);
        String text = "x".repeat(1 << 20);
        for (int i = 0; i < 40; i++) {
            try {
                apply(large(i, text));
            } catch (DatabaseException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE);
                assertThat(i).isBetween(4, 16);
                assertThat(written(i).now()).isEqualTo(row(i, BufferedRows.MOST_ROWS / many.length - 1));
                return;
            }
        }
        throw new AssertionError("forty rows of a mebibyte were taken");
    }

    private static RowOperation.Builder large(long id, String text) {
        Row row = Row.of(new Value.Int64(id), new Value.Text(text), new Value.Int64(0));
        return upsert(id, 0).setRow(io.shardeddb.protocol.value.RowCodec.encode(row));
    }
}
