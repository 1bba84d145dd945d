package io.shardeddb.server.group.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.IdOrigin;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.PreparedTransaction;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.server.group.propose.Pending;
import io.shardeddb.server.group.transaction.LockWaiters.Admission;
import io.shardeddb.server.store.transaction.Attempt;
import io.shardeddb.server.store.transaction.LockKey;
import io.shardeddb.server.store.transaction.LockNeeds;
import io.shardeddb.server.store.transaction.LogPlace;
import io.shardeddb.server.store.transaction.OpenTransactions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LockWaitersTest {

    private static final String TABLE = "t";
    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(new TableDefinition(
                    TABLE,
                    List.of(new ColumnDefinition("id", ColumnType.parse("BIGINT"), false)),
                    List.of("id"),
                    "id")));
    private static final long FOREVER = TimeUnit.HOURS.toNanos(1);

    private final OpenTransactions open = new OpenTransactions();
    private final LockWaiters waiters = new LockWaiters();
    private int places;

    private static ByteString key(long id) {
        return RowCodec.encode(Row.of(new Value.Int64(id)));
    }

    private static RequestId id(long number) {
        return RequestId.newBuilder().setClient("r").setNumber(number).build();
    }

    /** A transaction of some age has locked a key. */
    private void locked(long number, long asked, long key) {
        open.preparing(
                new LogPlace(++places, 0),
                PreparedTransaction.newBuilder()
                        .setAttempt(id(number))
                        .setFirstAskedMillis(asked)
                        .build(),
                new LockNeeds(Set.of(new LockKey(TABLE, key(key))), List.of()));
    }

    private void over(long number) {
        open.committed(Attempt.of(id(number)), ++places);
    }

    private static Pending write(long number, long... keys) {
        LoggedRequest.Builder request =
                LoggedRequest.newBuilder().setRequest(id(number)).addTables(TABLE);
        Arrays.stream(keys)
                .forEach(each -> request.addOperations(
                        RowOperation.newBuilder().setKind(OperationKind.DELETE).setKey(key(each))));
        return new Pending(request.build(), IdOrigin.ID_OF_CLIENT, FOREVER, reply -> {});
    }

    private static Pending prepare(long number, long asked, long... keys) {
        Pending write = write(number, keys);
        LoggedRequest request = write.request().toBuilder()
                .setTransaction(TransactionStep.newBuilder()
                        .setPrepare(PrepareStep.newBuilder().setFirstAskedMillis(asked)))
                .build();
        return new Pending(request, IdOrigin.ID_OF_SENDER, FOREVER, reply -> {});
    }

    private static Pending decide(long number, long asked, long... keys) {
        LoggedRequest request = write(number, keys).request().toBuilder()
                .setTransaction(TransactionStep.newBuilder()
                        .setDecide(
                                DecideStep.newBuilder().setAttempt(id(number)).setFirstAskedMillis(asked)))
                .build();
        return new Pending(request, IdOrigin.ID_OF_CLIENT, FOREVER, reply -> {});
    }

    private Admission admit(Pending write) {
        return waiters.admit(write, open.view(), SCHEMA, 0);
    }

    private List<Long> freed() {
        return waiters.freed(open.view(), SCHEMA).stream()
                .map(write -> write.request().getRequest().getNumber())
                .toList();
    }

    @Test
    void whoNeedsNoLockedRowGoesOn() {
        locked(1, 10, 7);
        assertThat(admit(write(2, 8))).isEqualTo(Admission.FREE);
    }

    @Test
    void writesWaitInTheOrderInWhichTheyCame() {
        locked(1, 10, 7);
        assertThat(admit(write(2, 7))).isEqualTo(Admission.WAITS);
        assertThat(admit(write(3, 7, 8))).isEqualTo(Admission.WAITS);
        // Nobody has locked 8, but the third waits for it and came first.
        assertThat(admit(write(4, 8))).isEqualTo(Admission.WAITS);
        assertThat(freed()).isEmpty();
        over(1);
        assertThat(freed()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void anOlderTransactionWaitsForAYoungerOne() {
        locked(1, 20, 7);
        assertThat(admit(prepare(2, 10, 7))).isEqualTo(Admission.WAITS);
    }

    @Test
    void aPrepareThatGoesOnKeepsTheRestWaiting() {
        locked(1, 20, 7);
        admit(prepare(2, 10, 7));
        admit(write(3, 7));
        over(1);
        assertThat(freed()).containsExactly(2L);
    }

    @Test
    void aYoungerTransactionIsRefused() {
        locked(1, 10, 7);
        assertThat(admit(prepare(2, 20, 7))).isEqualTo(Admission.REFUSED);
        over(1);
        assertThat(freed()).isEmpty();
    }

    /** Else two transactions whose deciders are each other's participants would wait for one another. */
    @Test
    void aDecisionWaitsAsItsTransactionWould() {
        locked(1, 20, 7);
        assertThat(admit(decide(2, 10, 7))).isEqualTo(Admission.WAITS);
        assertThat(admit(decide(3, 30, 7))).isEqualTo(Admission.REFUSED);
    }

    @Test
    void whatFitsTheTablesNoMoreGoesOnToBeRefused() {
        locked(1, 20, 7);
        Pending write = write(2, 7);
        LoggedRequest other = write.request().toBuilder().setTables(0, "gone").build();
        Pending ofInsert = new Pending(
                other.toBuilder()
                        .setOperations(0, RowOperation.newBuilder().setKind(OperationKind.INSERT))
                        .build(),
                IdOrigin.ID_OF_CLIENT,
                FOREVER,
                reply -> {});
        assertThat(admit(ofInsert)).isEqualTo(Admission.FREE);
    }

    @Test
    void aTransactionIsRefusedWhereAnOlderOneWaits() {
        locked(1, 30, 7);
        assertThat(admit(prepare(2, 10, 7))).isEqualTo(Admission.WAITS);
        assertThat(admit(prepare(3, 20, 7))).isEqualTo(Admission.REFUSED);
        assertThat(admit(prepare(4, 5, 7))).isEqualTo(Admission.WAITS);
    }

    @Test
    void aWriteWaitsForABoundedTime() {
        locked(1, 10, 7);
        assertThat(admit(write(2, 7))).isEqualTo(Admission.WAITS);
        assertThat(waiters.expiredWrites(LockWaiters.LONGEST_WAIT_NANOS)).isEmpty();
        assertThat(waiters.expiredWrites(LockWaiters.LONGEST_WAIT_NANOS + 1)).hasSize(1);
        assertThat(waiters.isIdle()).isTrue();
    }

    @Test
    void aReadWaitsForThoseThatWereThereWhenItCame() {
        locked(1, 10, 7);
        waiters.add(new LockWaiters.WaitingRead(open.view().holdersIn(TABLE), 1, FOREVER, () -> {}, reason -> {}));
        locked(2, 11, 8);
        assertThat(waiters.begun(open.view(), 100)).isEmpty();
        over(1);
        long committed = open.view().committedThrough();
        // It is over, but its rows are not visible yet.
        assertThat(waiters.begun(open.view(), committed - 1)).isEmpty();
        assertThat(waiters.begun(open.view(), committed)).hasSize(1);
    }
}
