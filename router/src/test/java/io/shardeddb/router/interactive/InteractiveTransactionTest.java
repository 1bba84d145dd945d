package io.shardeddb.router.interactive;

import static io.shardeddb.router.interactive.Students.TABLE;
import static io.shardeddb.router.interactive.Students.TOPOLOGY;
import static io.shardeddb.router.interactive.Students.key;
import static io.shardeddb.router.interactive.Students.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.snapshot.SnapshotReads;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How a transaction ends, whatever becomes of its commit. */
class InteractiveTransactionTest {
    private static final RequestId ID =
            RequestId.newBuilder().setClient("transaction").setNumber(1).build();

    private final Snapshot snapshot = new Snapshot();
    private final Budget budget = new Budget();
    private Topology now = TOPOLOGY;
    private int sent;

    /** Rows in memory. */
    private static final class Snapshot implements SnapshotReads {
        private final TreeMap<Long, StoredRow> rows = new TreeMap<>();
        private int givenUp;

        @Override
        public Topology topology() {
            return TOPOLOGY;
        }

        @Override
        public Map<Row, StoredRow> rows(TableDefinition table, List<Row> keys) {
            Map<Row, StoredRow> found = new HashMap<>();
            keys.forEach(key -> {
                StoredRow row = rows.get(Students.id(key));
                if (row != null) {
                    found.put(key, row);
                }
            });
            return found;
        }

        @Override
        public Iterator<StoredRow> rows(TableDefinition table, ShardEntry shard, KeyRange range, int pageRows) {
            List<StoredRow> found = new ArrayList<>(rows.values().stream()
                    .filter(row -> shard.interval().contains(Students.id(row.row())))
                    .filter(row -> range.contains(table, table.keyOf(row.row())))
                    .toList());
            return (range.descending() ? found.reversed() : found).iterator();
        }

        @Override
        public void giveUp() {
            givenUp++;
        }
    }

    private InteractiveTransaction begun(IsolationLevel level) {
        budget.begin();
        snapshot.rows.put(1L, stored(1, 10, 71));
        snapshot.rows.put(150L, stored(150, 20, 72));
        return new InteractiveTransaction(level, false, snapshot, budget);
    }

    private InteractiveTransaction written() {
        InteractiveTransaction transaction = begun(IsolationLevel.SERIALIZABLE);
        write(transaction, Students.update(1, 11));
        return transaction;
    }

    private static void write(InteractiveTransaction transaction, RowOperation.Builder operation) {
        WritePlan plan = new WritePlan(TABLE);
        long id = operation.getKey().isEmpty() ? 5 : 1;
        plan.add(TOPOLOGY.shardAt(id, TABLE), operation.build());
        transaction.write(null, 0, plan);
    }

    private InteractiveTransaction.Committed commit(InteractiveTransaction transaction, DatabaseException... errors) {
        return transaction.commit(decider -> ID, (id, plan) -> answer(plan, errors));
    }

    /** What a write is answered that is planned for the topology of now. */
    private Writes.Result answer(Function<Topology, WritePlan> plan, DatabaseException... errors) {
        WritePlan made = plan.apply(now);
        sent++;
        List<Writes.PartResult> parts = new ArrayList<>();
        for (WritePlan.Part part : made.parts()) {
            parts.add(
                    errors.length > 0
                            ? new Writes.PartResult(part, null, errors[0])
                            : new Writes.PartResult(
                                    part,
                                    WriteReply.newBuilder().setTimestamp(99).build(),
                                    null));
        }
        return new Writes.Result(parts);
    }

    private static DatabaseException error(ErrorCode code) {
        return new DatabaseException(code, "as the test asked", Map.of("row", "0"));
    }

    private static void fails(ErrorCode code, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(code));
    }

    @Test
    void aCommitIsSentOnceAndAnsweredAgain() {
        InteractiveTransaction transaction = written();
        assertThat(commit(transaction).version()).isEqualTo(99);
        assertThat(commit(transaction).rows()).isEqualTo(1);
        assertThat(sent).isEqualTo(1);
        assertThat(snapshot.givenUp).isEqualTo(1);
        fails(ErrorCode.TRANSACTION_ENDED, () -> transaction.row(TABLE, key(1)));
        fails(ErrorCode.TRANSACTION_ENDED, transaction::abort);
        transaction.expire(() -> "its time is over");
        assertThat(transaction.state()).isEqualTo(InteractiveTransaction.State.COMMITTED);
    }

    @Test
    void aConflictIsForGood() {
        InteractiveTransaction transaction = written();
        fails(ErrorCode.TRANSACTION_CONFLICT, () -> commit(transaction, error(ErrorCode.CONDITION_FAILED)));
        fails(ErrorCode.TRANSACTION_CONFLICT, () -> commit(transaction));
        assertThat(sent).isEqualTo(1);
        assertThat(transaction.state()).isEqualTo(InteractiveTransaction.State.ABORTED);
        transaction.abort();
    }

    @Test
    void whatCouldNotBeDoneForNowMayBeCommittedAgain() {
        InteractiveTransaction transaction = written();
        for (ErrorCode code : List.of(ErrorCode.NO_LEADER, ErrorCode.LOCKED, ErrorCode.MOVED)) {
            fails(code, () -> commit(transaction, error(code)));
        }
        assertThat(transaction.state()).isEqualTo(InteractiveTransaction.State.COMMITTING);
        assertThat(commit(transaction).rows()).isEqualTo(1);
        assertThat(sent).isEqualTo(4);
    }

    @Test
    void anUnknownOutcomeStaysUnknownUntilAnAnswerTells() {
        InteractiveTransaction transaction = written();
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> commit(transaction, error(ErrorCode.OUTCOME_UNKNOWN)));
        fails(ErrorCode.OUTCOME_UNKNOWN, transaction::abort);
        transaction.expire(() -> "its time is over");
        // Nothing was changed by these, but by the first one perhaps.
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> commit(transaction, error(ErrorCode.NO_LEADER)));
        now = Students.topology(2, 1);
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> commit(transaction));
        assertThat(sent).isEqualTo(2);
        now = TOPOLOGY;
        assertThat(commit(transaction).rows()).isEqualTo(1);
    }

    @Test
    void whatIsForgottenIsNeverTakenForNothingToCommit() {
        InteractiveTransaction transaction = written();
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> commit(transaction, error(ErrorCode.OUTCOME_UNKNOWN)));
        transaction.forget();
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> commit(transaction));
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void otherTablesOrShardsAreAConflictBeforeAnythingIsSent() {
        InteractiveTransaction transaction = written();
        now = Students.topology(1, 2);
        fails(ErrorCode.TRANSACTION_CONFLICT, () -> commit(transaction));
        now = TOPOLOGY;
        fails(ErrorCode.TRANSACTION_CONFLICT, () -> commit(transaction));
        assertThat(sent).isZero();
    }

    @Test
    void whoOnlyReadsNeverFailsAndSendsNothing() {
        InteractiveTransaction transaction = begun(IsolationLevel.SERIALIZABLE);
        assertThat(transaction.row(TABLE, key(1))).isEqualTo(stored(1, 10, 71));
        assertThat(transaction.range(TABLE, KeyRange.ALL, 10).rows()).hasSize(2);
        now = Students.topology(3, 3);
        assertThat(commit(transaction).rows()).isZero();
        assertThat(sent).isZero();
        assertThat(snapshot.givenUp).isEqualTo(1);
    }

    @Test
    void whatItWroteAndReadIsCheckedTogether() {
        InteractiveTransaction transaction = written();
        transaction.range(TABLE, KeyRange.between(key(100), key(250)), 10);
        fails(
                ErrorCode.DUPLICATE_KEY,
                () -> write(
                        transaction,
                        Students.insert(5, 1)
                                .setRow(io.shardeddb.protocol.value.RowCodec.encode(Students.row(150, 1)))));
        List<WritePlan> plans = new ArrayList<>();
        transaction.commit(decider -> ID, (id, plan) -> {
            plans.add(plan.apply(TOPOLOGY));
            return answer(plan);
        });
        // The row; the range in two shards, and the key that was not free.
        assertThat(plans.getFirst().size()).isEqualTo(4);
        assertThat(plans.getFirst().parts()).hasSize(3);
    }

    /** It must depend on the row that is not there, and cannot: what failed must not be committed later. */
    @Test
    void aWriteThatReadsTooMuchLeavesNothing() {
        InteractiveTransaction transaction = begun(IsolationLevel.SERIALIZABLE);
        for (int read = 0; read < ObservedReads.MOST_RANGES; read++) {
            transaction.range(TABLE, KeyRange.between(key(290), key(291)), 1);
        }
        WritePlan both = new WritePlan(TABLE);
        both.add(TOPOLOGY.shardAt(5, TABLE), Students.insert(5, 50).build());
        both.add(TOPOLOGY.shardAt(299, TABLE), Students.delete(299).build());
        fails(ErrorCode.TOO_LARGE, () -> transaction.write(null, 0, both));
        assertThat(commit(transaction).rows()).isZero();
        assertThat(sent).isZero();
    }

    @Test
    void endedOnesGiveBackWhatTheyUsed() {
        for (int i = 0; i < 2 * Budget.MOST_OPEN; i++) {
            InteractiveTransaction transaction = written();
            switch (i % 4) {
                case 0 -> commit(transaction);
                case 1 -> transaction.abort();
                case 2 -> transaction.expire(() -> "its time is over");
                default ->
                    fails(ErrorCode.TRANSACTION_CONFLICT, () -> commit(transaction, error(ErrorCode.DUPLICATE_KEY)));
            }
        }
        assertThat(snapshot.givenUp).isEqualTo(2 * Budget.MOST_OPEN);
        budget.use(Budget.MOST_BYTES);
    }
}
