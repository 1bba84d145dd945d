package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.CommitStep;
import io.shardeddb.protocol.wire.DecideStep;
import io.shardeddb.protocol.wire.ForgetStep;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OpenShard;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PrepareStep;
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
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps of transactions in one shard, on a real database. */
class TransactionsIT extends OnMariaDb {
    private static final String TABLE = "accounts";
    private static final String NOTES = "notes";
    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(
                    StoreFixture.table(TABLE, List.of("id"), "id Number", "balance Number?", "name VARCHAR(20)?"),
                    StoreFixture.table(NOTES, List.of("id"), "id Number", "text LONGTEXT?")));
    private static final Uid DECIDER = Uid.newBuilder().setHigh(7).setLow(8).build();
    private static final long VERSION = (Entries.START + 50) << 16;

    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        store = opened();
        log = new Entries(SCHEMA);
        store.apply(log.beginning());
        succeeded(log.request(insert(1, 100), insert(2, 200)));
    }

    private static ReplicaStore opened() throws Exception {
        return factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
    }

    private CommittedEntry entry(LoggedRequest... requests) {
        return log.versioned(requests);
    }

    private List<WriteReply> write(LoggedRequest... requests) throws Exception {
        return store.apply(List.of(entry(requests))).getFirst().replies();
    }

    private WriteReply succeeded(LoggedRequest request) throws Exception {
        WriteReply reply = write(request).getFirst();
        assertThat(reply.getError().getCode()).isEmpty();
        return reply;
    }

    private String refused(LoggedRequest request) throws Exception {
        return write(request).getFirst().getError().getCode();
    }

    private RowOperation insert(long id, long balance) {
        return log.row(OperationKind.INSERT, TABLE, number(id), number(balance), text("n" + id));
    }

    private RowOperation balance(long id, long balance) {
        return log.update(TABLE, Row.of(number(id)), List.of("balance"), number(balance)).toBuilder()
                .setMustExist(true)
                .build();
    }

    private RowOperation delete(long id) {
        return log.delete(TABLE, Row.of(number(id)));
    }

    private RequestId attempt(long number) {
        return RequestId.newBuilder()
                .setClient("router")
                .setNumber(number)
                .setIssuedAtMillis(log.millis())
                .build();
    }

    private LoggedRequest prepare(RequestId attempt, RowOperation... operations) {
        return log.request(operations).toBuilder()
                .setRequest(attempt)
                .setTransaction(TransactionStep.newBuilder()
                        .setPrepare(PrepareStep.newBuilder()
                                .setDecider(Participant.newBuilder().setGroup(DECIDER))
                                .setFirstAskedMillis(log.millis())))
                .build();
    }

    private static LoggedRequest step(RequestId attempt, TransactionStep.Builder step) {
        return LoggedRequest.newBuilder()
                .setRequest(attempt)
                .setTransaction(step)
                .build();
    }

    private static LoggedRequest commit(RequestId attempt) {
        return step(
                attempt,
                TransactionStep.newBuilder().setCommit(CommitStep.newBuilder().setVersion(VERSION)));
    }

    private static LoggedRequest release(RequestId attempt) {
        return step(attempt, TransactionStep.newBuilder().setRelease(ReleaseStep.getDefaultInstance()));
    }

    private static LoggedRequest forget(RequestId attempt) {
        ForgetStep.Builder forget = ForgetStep.newBuilder().addParticipants(DECIDER);
        return step(attempt, TransactionStep.newBuilder().setForget(forget));
    }

    private LoggedRequest decide(RequestId attempt, RowOperation... operations) {
        return log.request(operations).toBuilder()
                .setTransaction(TransactionStep.newBuilder()
                        .setDecide(DecideStep.newBuilder()
                                .setAttempt(attempt)
                                .addParticipants(Participant.newBuilder().setGroup(DECIDER))))
                .build();
    }

    private static LoggedRequest ask(RequestId attempt) {
        return LoggedRequest.newBuilder().setRequest(attempt).setSettle(true).build();
    }

    private List<String> rows() throws Exception {
        return rows(store);
    }

    private List<String> rows(ReplicaStore of) throws Exception {
        ReadReply reply = of.read(log.range(TABLE, null, null, 100).toBuilder()
                .setWithTimestamps(true)
                .build());
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < reply.getRowsCount(); i++) {
            Row row = RowCodec.decode(reply.getRows(i));
            String version = reply.getTimestamps(i) == VERSION ? " at the decision" : "";
            rows.add(show(row.get(0)) + "=" + show(row.get(1)) + version);
        }
        return rows;
    }

    private static String show(Value value) {
        return value instanceof Value.Int64(long number) ? Long.toString(number) : "?";
    }

    @Test
    void whatIsPreparedIsSeenWhenItIsCommitted() throws Exception {
        RequestId attempt = attempt(1);
        WriteReply prepared = succeeded(prepare(attempt, balance(1, 90), insert(3, 300), delete(2)));
        assertThat(prepared.getAffectedList()).containsExactly(1, 1, 1);
        assertThat(rows()).containsExactly("1=100", "2=200");
        succeeded(commit(attempt));
        assertThat(rows()).containsExactly("1=90 at the decision", "3=300 at the decision");
        assertThat(store.transactions().anyPrepared()).isFalse();
    }

    @Test
    void aCommitThatComesTwiceDoesNothing() throws Exception {
        RequestId attempt = attempt(1);
        succeeded(prepare(attempt, balance(1, 90)));
        succeeded(commit(attempt));
        succeeded(log.request(balance(1, 80)));
        succeeded(commit(attempt));
        assertThat(rows()).containsExactly("1=80", "2=200");
    }

    @Test
    void whatIsReleasedIsAsItWas() throws Exception {
        RequestId attempt = attempt(1);
        succeeded(prepare(attempt, balance(1, 90)));
        succeeded(release(attempt));
        assertThat(rows()).containsExactly("1=100", "2=200");
        succeeded(log.request(balance(1, 70)));
        succeeded(commit(attempt));
        assertThat(rows()).containsExactly("1=70", "2=200");
    }

    @Test
    void aPrepareThatComesAfterItsReleaseLocksNothing() throws Exception {
        RequestId attempt = attempt(1);
        assertThat(refused(release(attempt))).isEqualTo("REQUEST_NOT_RUN");
        assertThat(refused(prepare(attempt, balance(1, 90)))).isEqualTo("REQUEST_CLOSED");
        assertThat(store.transactions().anyPrepared()).isFalse();
    }

    @Test
    void aPrepareThatComesTwiceLocksNothingAgain() throws Exception {
        RequestId attempt = attempt(1);
        LoggedRequest prepare = prepare(attempt, balance(1, 90));
        succeeded(prepare);
        succeeded(commit(attempt));
        assertThat(write(prepare).getFirst().getRepeated()).isTrue();
        assertThat(store.transactions().anyPrepared()).isFalse();
    }

    @Test
    void aLockedRowIsNotWritten() throws Exception {
        succeeded(prepare(attempt(1), balance(1, 90), insert(9, 1)));
        assertThat(refused(log.request(insert(9, 2)))).as("a key without a row").isEqualTo("LOCKED");
        LoggedRequest other = log.request(balance(1, 80));
        assertThat(refused(other)).isEqualTo("LOCKED");
        assertThat(refused(prepare(attempt(2), balance(2, 3), balance(1, 80)))).isEqualTo("LOCKED");
        succeeded(log.request(balance(2, 20)));
        succeeded(commit(attempt(1)));
        succeeded(other);
        assertThat(rows()).containsExactly("1=80", "2=20", "9=1 at the decision");
    }

    @Test
    void aPrepareThatFailsLocksNothing() throws Exception {
        RowOperation missing = balance(9, 1);
        assertThat(refused(prepare(attempt(1), balance(1, 90), missing))).isEqualTo("ROW_NOT_FOUND");
        assertThat(refused(prepare(attempt(2), insert(1, 90)))).isEqualTo("DUPLICATE_KEY");
        RowOperation absent = insert(1, 5).toBuilder()
                .addConditions(ChangeCodec.toWire(new Precondition.Absent()))
                .build();
        assertThat(refused(prepare(attempt(3), absent))).isEqualTo("CONDITION_FAILED");
        assertThat(store.transactions().anyPrepared()).isFalse();
        succeeded(log.request(balance(1, 80)));
    }

    @Test
    void whatNoPacketTakesIsNotPrepared() throws Exception {
        String large = "x".repeat(4 << 20);
        RowOperation[] many = new RowOperation[5];
        for (int i = 0; i < many.length; i++) {
            many[i] = log.row(OperationKind.INSERT, NOTES, number(i), text(large));
        }
        assertThat(refused(prepare(attempt(1), many))).isEqualTo("TOO_LARGE");
        assertThat(store.transactions().anyPrepared()).isFalse();
        succeeded(prepare(attempt(2), many[0]));
    }

    @Test
    void requestsOfOneEntrySeeThePrepareBeforeThem() throws Exception {
        List<WriteReply> replies =
                write(prepare(attempt(1), balance(9, 1)), log.request(balance(9, 2)), log.request(balance(1, 2)));
        // The prepare fails, but that is known only after the entry: its keys are locked for the rest of it.
        assertThat(replies)
                .extracting(reply -> reply.getError().getCode())
                .containsExactly("ROW_NOT_FOUND", "LOCKED", "");
        assertThat(store.transactions().anyPrepared()).isFalse();
    }

    @Test
    void theDeciderTellsWhatItDecided() throws Exception {
        RequestId attempt = attempt(1);
        WriteReply decided = succeeded(decide(attempt, balance(1, 90)));
        WriteReply asked = succeeded(ask(attempt));
        assertThat(asked.getTimestamp()).isEqualTo(decided.getTimestamp());
        succeeded(forget(attempt));
        assertThat(store.transactions().anyDecision()).isFalse();
    }

    @Test
    void anAttemptThatWasAskedForBeforeIsNeverDecided() throws Exception {
        RequestId attempt = attempt(1);
        assertThat(refused(ask(attempt))).isEqualTo("REQUEST_NOT_RUN");
        LoggedRequest late = decide(attempt, balance(1, 90));
        assertThat(refused(late)).isEqualTo("TRANSACTION_RELEASED");
        assertThat(rows()).containsExactly("1=100", "2=200");
        // The client's own id is free for another attempt.
        LoggedRequest again = late.toBuilder()
                .setTransaction(decide(attempt(2)).getTransaction())
                .build();
        succeeded(again);
        assertThat(write(late).getFirst().getRepeated()).isTrue();
        assertThat(rows()).containsExactly("1=90", "2=200");
    }

    @Test
    void aDecisionThatFailsIsNone() throws Exception {
        RequestId attempt = attempt(1);
        assertThat(refused(decide(attempt, balance(9, 90)))).isEqualTo("ROW_NOT_FOUND");
        assertThat(store.transactions().anyDecision()).isFalse();
        assertThat(refused(ask(attempt))).isEqualTo("REQUEST_NOT_RUN");
    }

    @Test
    void tablesAndOwnershipWaitForWhatIsPrepared() throws Exception {
        RequestId attempt = attempt(1);
        succeeded(prepare(attempt, balance(1, 90)));
        TableDefinition more = StoreFixture.table("more", List.of("id"), "id Number");
        DatabaseSchema wider = new DatabaseSchema(
                2,
                Strategy.RANGE,
                List.of(SCHEMA.tables().get(0), SCHEMA.tables().get(1), more));
        CommittedEntry closing = log.command(
                LoggedCommand.newBuilder().setOpenShard(OpenShard.newBuilder().setOpen(false)));
        assertThat(error(closing)).isEqualTo("LOCKED");
        assertThat(error(log.define(wider))).isEqualTo("LOCKED");
        succeeded(commit(attempt));
        assertThat(error(log.define(wider))).isEmpty();
    }

    private String error(CommittedEntry entry) throws Exception {
        EntryOutcome outcome = store.apply(List.of(entry)).getFirst();
        return outcome.error() == null ? "" : outcome.error().getCode();
    }

    @Test
    void howEntriesArePutTogetherChangesNothing() throws Exception {
        List<CommittedEntry> entries = List.of(
                entry(prepare(attempt(1), balance(1, 90)), log.request(balance(2, 201))),
                entry(log.request(balance(1, 5)), prepare(attempt(2), balance(9, 4))),
                entry(log.request(insert(9, 9)), log.request(balance(9, 10))),
                entry(commit(attempt(1)), log.request(balance(1, 91))),
                entry(decide(attempt(3), balance(2, 202)), prepare(attempt(4), insert(4, 4))),
                entry(decide(attempt(5), balance(2, 203))),
                entry(ask(attempt(5))),
                entry(decide(attempt(6), balance(2, 204)), ask(attempt(6))),
                entry(forget(attempt(5)), ask(attempt(6))),
                entry(prepare(attempt(7), balance(9, 11)), release(attempt(7)), prepare(attempt(8), balance(9, 12))),
                entry(log.request(balance(1, 92))));
        ReplicaStore apart = copied();
        ReplicaStore held = copied();
        List<EntryOutcome> together = store.apply(entries);
        List<EntryOutcome> single = new ArrayList<>();
        List<EntryOutcome> open = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            single.addAll(apart.apply(List.of(entry)));
            // The first one after a start cannot be held.
            open.addAll(
                    open.isEmpty() ? held.apply(List.of(entry)) : Objects.requireNonNull(held.hold(List.of(entry))));
        }
        held.settle();
        assertThat(single).isEqualTo(together);
        assertThat(open).isEqualTo(together);
        assertThat(apart.checksums().tables()).isEqualTo(store.checksums().tables());
        assertThat(held.checksums().tables()).isEqualTo(store.checksums().tables());
        assertThat(apart.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(held.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(rows()).containsExactly("1=92", "2=204", "9=10");
        assertThat(store.transactions().anyPrepared()).isTrue();
    }

    /** Another replica with the same content. */
    private ReplicaStore copied() throws Exception {
        ReplicaStore target = opened();
        try (SnapshotSource source = store.openSnapshot();
                SnapshotSink sink = target.beginInstall(source.copyId())) {
            SnapshotSource.Chunk chunk = source.next(null, 1 << 20);
            while (chunk != null) {
                sink.accept(chunk);
                chunk = source.next(chunk.end(), 1 << 20);
            }
            sink.complete(source.at(), source.checksums());
        }
        return target;
    }

    @Test
    void aCopyAndARestartKnowWhatIsOpen() throws Exception {
        RequestId prepared = attempt(1);
        RequestId decided = attempt(2);
        succeeded(prepare(prepared, balance(1, 90), insert(5, 50)));
        succeeded(decide(decided, balance(2, 190)));
        ReplicaStore copy = copied();
        copy.apply(List.of(entry(log.request(insert(6, 6)))));
        assertThat(copy.transactions().anyPrepared()).isTrue();
        EntryOutcome outcome = copy.apply(List.of(entry(log.request(balance(1, 1)), ask(decided), commit(prepared))))
                .getFirst();
        assertThat(outcome.replies())
                .extracting(reply -> reply.getError().getCode())
                .containsExactly("LOCKED", "", "");
        assertThat(rows(copy)).containsExactly("1=90 at the decision", "2=190", "5=50 at the decision", "6=6");
        assertThat(copy.transactions().anyDecision()).isTrue();
    }
}
