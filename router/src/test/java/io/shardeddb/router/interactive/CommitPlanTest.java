package io.shardeddb.router.interactive;

import static io.shardeddb.router.interactive.Students.TABLE;
import static io.shardeddb.router.interactive.Students.TOPOLOGY;
import static io.shardeddb.router.interactive.Students.bytes;
import static io.shardeddb.router.interactive.Students.delete;
import static io.shardeddb.router.interactive.Students.group;
import static io.shardeddb.router.interactive.Students.insert;
import static io.shardeddb.router.interactive.Students.key;
import static io.shardeddb.router.interactive.Students.operations;
import static io.shardeddb.router.interactive.Students.row;
import static io.shardeddb.router.interactive.Students.stored;
import static io.shardeddb.router.interactive.Students.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RangeCheck;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.WritePlan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitPlanTest {
    private static final Map<RowKey, StoredRow> BASE = Map.of(
            new RowKey(TABLE.name(), key(1)), stored(1, 10, 71),
            new RowKey(TABLE.name(), key(2)), stored(2, 10, 72));

    private final BufferedRows written = new BufferedRows(new Budget());
    private final ObservedReads reads = new ObservedReads();

    private void write(RowOperation.Builder... operations) {
        written.apply(operations(operations), BASE::get, changed -> {});
    }

    private static RangeCheck check(long id, RangeChecksum expected) {
        return RangeCheck.newBuilder()
                .setFrom(bytes(id))
                .setTo(bytes(id))
                .setRows(expected.rows())
                .setChecksum(expected.sum())
                .build();
    }

    private static RangeChecksum of(StoredRow... rows) {
        RangeChecksum checksum = new RangeChecksum();
        for (StoredRow each : rows) {
            checksum.add(bytes(Students.id(each.row())), each.version());
        }
        return checksum;
    }

    private static List<Precondition> conditions(RowOperation operation) {
        return ChangeCodec.conditions(operation);
    }

    @Test
    void eachRowIsWrittenOnConditionThatNobodyElseHasChangedIt() {
        write(update(1, 20), delete(2), insert(150, 5), insert(3, 1), delete(3));
        CommitPlan commit = new CommitPlan(TOPOLOGY, written, null);
        WritePlan plan = commit.on(TOPOLOGY);

        assertThat(commit.rows()).isEqualTo(3);
        assertThat(commit.decider().group()).isEqualTo(group(0));
        assertThat(plan.isWholeAlways()).isTrue();
        assertThat(plan.tables()).containsExactly(TABLE.name());
        assertThat(plan.parts()).hasSize(2);
        List<RowOperation> first = plan.parts().getFirst().operations();
        assertThat(first).hasSize(2);
        assertThat(first.getFirst().getKind()).isEqualTo(OperationKind.UPSERT);
        assertThat(first.getFirst().getRow()).isEqualTo(RowCodec.encode(row(1, 20)));
        assertThat(conditions(first.getFirst())).containsExactly(new Precondition.Unchanged(71));
        assertThat(first.getLast().getKind()).isEqualTo(OperationKind.DELETE);
        assertThat(conditions(first.getLast())).containsExactly(new Precondition.Unchanged(72));
        List<RowOperation> second = plan.parts().getLast().operations();
        assertThat(second).hasSize(1);
        assertThat(conditions(second.getFirst())).containsExactly(new Precondition.Absent());
    }

    @Test
    void aSerializableOneChecksBehindItsRowsWhatItHasRead() {
        write(update(1, 20), insert(3, 1), delete(3));
        reads.key(TABLE, group(0), key(1), stored(1, 10, 71));
        reads.key(TABLE, group(0), key(2), stored(2, 10, 72));
        reads.key(TABLE, group(2), key(250), null);
        reads.range(TABLE, group(1), KeyRange.between(key(90), key(120)), List.of(stored(110, 1, 80)));
        WritePlan plan = new CommitPlan(TOPOLOGY, written, reads).on(TOPOLOGY);

        assertThat(plan.parts()).hasSize(3);
        List<RowOperation> decider = plan.parts().getFirst().operations();
        assertThat(decider.getFirst().getKind()).isEqualTo(OperationKind.UPSERT);
        assertThat(decider.subList(1, decider.size()))
                .extracting(RowOperation::getCheck)
                .containsExactlyInAnyOrder(check(2, of(stored(2, 10, 72))), check(3, of()));
        assertThat(plan.parts().get(1).operations())
                .extracting(RowOperation::getCheck)
                .containsExactly(check(250, of()));
        assertThat(plan.parts().get(2).operations())
                .extracting(RowOperation::getCheck)
                .containsExactly(check(0, of(stored(110, 1, 80))).toBuilder()
                        .setFrom(bytes(90))
                        .setTo(bytes(120))
                        .build());
    }

    @Test
    void whoHasOnlyReadOrUndoneAllSendsNothing() {
        reads.key(TABLE, group(0), key(1), stored(1, 10, 71));
        assertThat(new CommitPlan(TOPOLOGY, written, reads).isEmpty()).isTrue();
        write(insert(3, 1), delete(3));
        assertThat(new CommitPlan(TOPOLOGY, written, reads).isEmpty()).isTrue();
    }

    @Test
    void otherTablesOrShardsAreAConflict() {
        write(update(1, 20));
        CommitPlan commit = new CommitPlan(TOPOLOGY, written, null);
        assertThat(commit.on(Students.topology(1, 1)).size()).isEqualTo(1);
        assertThatThrownBy(() -> commit.on(Students.topology(2, 1)))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.TRANSACTION_CONFLICT));
        assertThatThrownBy(() -> commit.on(Students.topology(1, 2))).isInstanceOf(DatabaseException.class);
    }

    @Test
    void aConflictNamesTheRowOrTheTable() {
        write(update(1, 20), insert(150, 5));
        reads.range(TABLE, group(1), KeyRange.between(key(90), key(120)), List.of());
        CommitPlan commit = new CommitPlan(TOPOLOGY, written, reads);
        assertThat(commit.where(failed("1"))).isEqualTo(Map.of("table", TABLE.name(), "key", "150"));
        assertThat(commit.where(failed("2"))).isEqualTo(Map.of("table", TABLE.name()));
        assertThat(commit.where(failed("3"))).isEmpty();
        assertThat(commit.where(failed("x"))).isEmpty();
        assertThat(commit.where(new DatabaseException(ErrorCode.CONDITION_FAILED, "no")))
                .isEmpty();
    }

    private static DatabaseException failed(String row) {
        return new DatabaseException(ErrorCode.CONDITION_FAILED, "no", Map.of("row", row));
    }

    @Test
    void readsAreBounded() {
        for (int i = 0; i < ObservedReads.MOST_RANGES; i++) {
            reads.key(TABLE, group(0), key(i), null);
        }
        assertThatThrownBy(() -> reads.key(TABLE, group(0), key(-1), null))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE));
        ObservedReads ranges = new ObservedReads();
        List<StoredRow> many = java.util.Collections.nCopies(ObservedReads.MOST_ROWS, stored(1, 1, 1));
        ranges.range(TABLE, group(0), KeyRange.ALL, many);
        assertThatThrownBy(() -> ranges.range(TABLE, group(0), KeyRange.ALL, many.subList(0, 1)))
                .isInstanceOf(DatabaseException.class);
    }
}
