package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.change.RangeChecksum;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.RangeCheck;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that depend on ranges, and views that stay open, on a real database. */
class CheckedRangesIT extends OnMariaDb {

    private static final String TABLE = "accounts";
    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(StoreFixture.table(TABLE, List.of("id"), "id Number", "balance Number?", "name VARCHAR(20)?")));
    private static final Uid DECIDER = Uid.newBuilder().setHigh(7).setLow(8).build();

    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        store = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        log = new Entries(SCHEMA);
        store.apply(log.beginning());
        assertThat(code(log.request(insert(1), insert(2), insert(5)))).isEmpty();
    }

    private List<WriteReply> write(LoggedRequest... requests) throws Exception {
        return store.apply(List.of(log.versioned(requests))).getFirst().replies();
    }

    private String code(LoggedRequest request) throws Exception {
        return write(request).getFirst().getError().getCode();
    }

    private RowOperation insert(long id) {
        return log.row(OperationKind.INSERT, TABLE, number(id), number(0), text("n" + id));
    }

    private RowOperation change(long id) {
        return log.update(TABLE, Row.of(number(id)), List.of("balance"), number(id * 10));
    }

    private RowOperation delete(long id) {
        return log.delete(TABLE, Row.of(number(id)));
    }

    /** A check that a range has the rows that it has now. */
    private RowOperation unchanged(long from, long to) throws Exception {
        ReadReply read = store.read(log.range(TABLE, Row.of(number(from)), Row.of(number(to)), 100).toBuilder()
                .setWithTimestamps(true)
                .build());
        RangeChecksum checksum = new RangeChecksum();
        for (int i = 0; i < read.getRowsCount(); i++) {
            Row row = RowCodec.decode(read.getRows(i));
            checksum.add(RowCodec.encode(Row.of(row.get(0))), read.getTimestamps(i));
        }
        return RowOperation.newBuilder()
                .setKind(OperationKind.CHECK_RANGE)
                .setCheck(RangeCheck.newBuilder()
                        .setFrom(RowCodec.encode(Row.of(number(from))))
                        .setTo(RowCodec.encode(Row.of(number(to))))
                        .setRows(checksum.rows())
                        .setChecksum(checksum.sum()))
                .build();
    }

    private LoggedRequest prepare(long attempt, RowOperation... operations) {
        return log.request(operations).toBuilder()
                .setRequest(attempt(attempt))
                .setTransaction(TransactionStep.newBuilder()
                        .setPrepare(PrepareStep.newBuilder()
                                .setDecider(Participant.newBuilder().setGroup(DECIDER))
                                .setFirstAskedMillis(log.millis())))
                .build();
    }

    private LoggedRequest release(long attempt) {
        return LoggedRequest.newBuilder()
                .setRequest(attempt(attempt))
                .setTransaction(TransactionStep.newBuilder().setRelease(ReleaseStep.getDefaultInstance()))
                .build();
    }

    private RequestId attempt(long number) {
        return RequestId.newBuilder()
                .setClient("router")
                .setNumber(number)
                .setIssuedAtMillis(log.millis())
                .build();
    }

    private List<Long> ids() throws Exception {
        return store.read(log.range(TABLE, null, null, 100)).getRowsList().stream()
                .map(row -> ((Value.Int64) RowCodec.decode(row).get(0)).value())
                .toList();
    }

    @Test
    void runsWhereTheRangeIsAsItWasRead() throws Exception {
        RowOperation check = unchanged(2, 4);
        assertThat(code(log.request(insert(9)))).isEmpty();

        assertThat(code(log.request(insert(10), check))).isEmpty();
        assertThat(ids()).containsExactly(1L, 2L, 5L, 9L, 10L);
    }

    @Test
    void failsWhereARowCameWentOrChanged() throws Exception {
        for (RowOperation other : List.of(insert(3), change(2), delete(2))) {
            RowOperation check = unchanged(2, 4);
            assertThat(code(log.request(other))).isEmpty();

            assertThat(code(log.request(insert(20), check))).isEqualTo("CONDITION_FAILED");
        }
        assertThat(ids()).containsExactly(1L, 3L, 5L);
    }

    /** A request sees what those before it in its entry have done, and not what it does itself. */
    @Test
    void seesTheRequestsBeforeIt() throws Exception {
        RowOperation check = unchanged(1, 100);
        List<WriteReply> replies =
                write(log.request(insert(30), check), log.request(insert(31), check), log.request(insert(32)));

        assertThat(replies.stream().map(reply -> reply.getError().getCode()))
                .containsExactly("", "CONDITION_FAILED", "");
        assertThat(ids()).containsExactly(1L, 2L, 5L, 30L, 32L);
    }

    @Test
    void whatIsPreparedKeepsItsRangeFree() throws Exception {
        assertThat(code(prepare(1, change(5), unchanged(1, 3)))).isEmpty();

        for (RowOperation other : List.of(insert(3), change(2), delete(1))) {
            assertThat(code(log.request(other))).isEqualTo("LOCKED");
        }
        assertThat(code(log.request(insert(4)))).isEmpty();
        assertThat(code(prepare(2, insert(40), unchanged(2, 3))))
                .as("others may read it")
                .isEmpty();
        assertThat(code(prepare(3, insert(3)))).isEqualTo("LOCKED");

        assertThat(code(release(1))).isEmpty();
        assertThat(code(log.request(insert(3)))).isEqualTo("LOCKED");
        assertThat(code(release(2))).isEmpty();
        assertThat(code(log.request(insert(3)))).isEmpty();
    }

    @Test
    void aRangeWithALockedRowIsNotPrepared() throws Exception {
        RowOperation check = unchanged(1, 3);
        assertThat(code(prepare(1, insert(3)))).isEmpty();

        assertThat(code(prepare(2, change(5), check))).isEqualTo("LOCKED");
        assertThat(code(log.request(change(5), check))).isEqualTo("LOCKED");
        assertThat(code(release(1))).isEmpty();
        assertThat(code(prepare(4, change(5), check))).isEmpty();
    }

    /** Locks of ranges are stored: a replica that begins again has them. */
    @Test
    void rangesStayLockedOverARestart() throws Exception {
        String group = StoreFixture.uid();
        String member = StoreFixture.uid();
        store = factory.open(group, member, 1);
        log = new Entries(SCHEMA);
        store.apply(log.beginning());
        assertThat(code(log.request(insert(1)))).isEmpty();
        assertThat(code(prepare(1, unchanged(2, 8)))).isEmpty();
        store.close();

        store = factory.open(group, member, 2);
        assertThat(code(log.request(insert(5)))).isEqualTo("LOCKED");
        assertThat(code(log.request(insert(9)))).isEmpty();
    }

    /** What entries come to does not depend on that they are put together. */
    @Test
    void entriesOfOneTransactionSeeEachOther() throws Exception {
        RowOperation check = unchanged(1, 4);
        List<CommittedEntry> entries = List.of(
                log.versioned(prepare(1, change(5), check)),
                log.versioned(log.request(insert(3))),
                log.versioned(log.request(insert(8), unchanged(6, 9))),
                log.versioned(release(1)),
                log.versioned(prepare(2, check), log.request(insert(4))));
        List<EntryOutcome> together = store.apply(entries);
        assertThat(together.stream()
                        .flatMap(outcome -> outcome.replies().stream())
                        .map(reply -> reply.getError().getCode()))
                .containsExactly("", "LOCKED", "", "", "", "LOCKED");
    }

    @Test
    void aViewStaysAsItWas() throws Exception {
        try (RowsView view = store.openView()) {
            assertThat(view.index()).isEqualTo(store.applied().index());
            assertThat(code(log.request(insert(7), delete(1)))).isEmpty();

            ReadReply range = view.read(log.range(TABLE, null, null, 2));
            assertThat(range.getRowsCount()).isEqualTo(2);
            assertThat(range.getMore()).isTrue();
            assertThat(view.read(log.keys(TABLE, Row.of(number(1)), Row.of(number(7))))
                            .getRowsList())
                    .hasSize(1);
            assertThat(view.read(log.range(TABLE, Row.of(number(6)), null, 10)).getRowsCount())
                    .isZero();
        }
        assertThat(ids()).containsExactly(2L, 5L, 7L);
    }
}
