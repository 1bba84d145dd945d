package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.RowSize;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Writes that touch more bytes than they bring. An entry that needs more memory than a replica has ends every replica,
 * again after each restart. So what it needs is bounded by rules that are the same on all of them.
 */
class LargeRowsIT extends OnMariaDb {

    private static final String NOTES = "notes";
    private static final int ROWS = 40;
    private static final int CHARACTERS = 400_000;
    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(StoreFixture.table(NOTES, List.of("id"), "id Number", "stars Number?", "text LONGTEXT?")));

    @SuppressWarnings("NullAway.Init") // Set by each test that needs it.
    private ReplicaStore store;

    @SuppressWarnings("NullAway.Init") // Set by each test that needs it.
    private ReplicaStore apart;

    @SuppressWarnings("NullAway.Init") // Set by each test that needs it.
    private ReplicaStore held;

    @SuppressWarnings("NullAway.Init") // Set by each test that needs it.
    private Entries log;

    private long attempts;

    /** Three replicas with large rows: 16 MB together. */
    private void openStores() throws Exception {
        store = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        apart = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        held = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        log = new Entries(SCHEMA);
        List<CommittedEntry> first = new ArrayList<>(log.beginning());
        String large = "x".repeat(CHARACTERS);
        for (int i = 0; i < ROWS; i++) {
            first.add(log.versioned(
                    log.request(log.row(OperationKind.INSERT, NOTES, number(i), number(0), text(large)))));
        }
        for (ReplicaStore each : List.of(store, apart, held)) {
            each.apply(first);
        }
    }

    /** The outcomes of requests, an entry each, which are the same however entries are put together. */
    private List<String> outcomes(LoggedRequest... requests) throws Exception {
        List<CommittedEntry> entries =
                Stream.of(requests).map(each -> log.versioned(each)).toList();
        List<EntryOutcome> together = store.apply(entries);
        List<EntryOutcome> single = new ArrayList<>();
        List<EntryOutcome> open = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            single.addAll(apart.apply(List.of(entry)));
            List<EntryOutcome> outcome = held.hold(List.of(entry));
            open.addAll(outcome == null ? held.apply(List.of(entry)) : outcome);
        }
        held.settle();
        assertThat(single).isEqualTo(together);
        assertThat(open).isEqualTo(together);
        assertThat(apart.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(held.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(apart.checksums().tables()).isEqualTo(store.checksums().tables());
        assertThat(held.checksums().tables()).isEqualTo(store.checksums().tables());
        return together.stream()
                .map(EntryOutcome::replies)
                .map(List::getFirst)
                .map(WriteReply::getError)
                .map(error -> error.getCode())
                .toList();
    }

    private RowOperation[] each(int from, int to, IntFunction<RowOperation> operation) {
        return IntStream.range(from, to).mapToObj(operation).toArray(RowOperation[]::new);
    }

    private RowOperation stars(long id, long stars) {
        return log.update(NOTES, Row.of(number(id)), List.of("stars"), number(stars));
    }

    private RowOperation delete(long id) {
        return log.delete(NOTES, Row.of(number(id)));
    }

    private LoggedRequest prepare(RowOperation... operations) {
        RequestId attempt = RequestId.newBuilder()
                .setClient("router")
                .setNumber(++attempts)
                .setIssuedAtMillis(log.millis())
                .build();
        return log.request(operations).toBuilder()
                .setRequest(attempt)
                .setTransaction(TransactionStep.newBuilder()
                        .setPrepare(PrepareStep.newBuilder()
                                .setDecider(Participant.newBuilder()
                                        .setGroup(Uid.newBuilder().setHigh(7)))
                                .setFirstAskedMillis(log.millis())))
                .build();
    }

    private static LoggedRequest release(LoggedRequest prepared) {
        return LoggedRequest.newBuilder()
                .setRequest(prepared.getRequest())
                .setTransaction(TransactionStep.newBuilder().setRelease(ReleaseStep.getDefaultInstance()))
                .build();
    }

    private LoggedRequest showing(RowsWanted wanted, RowOperation... operations) {
        return log.request(operations).toBuilder().setRowsWanted(wanted).build();
    }

    @Test
    void aTransactionDoesNotReadRowsThatItRemoves() throws Exception {
        openStores();
        assertThat(outcomes(prepare(each(0, ROWS, this::delete)))).containsExactly("");
    }

    @Test
    void aTransactionThatKeepsTooMuchOfWhatIsThereIsRefused() throws Exception {
        openStores();
        LoggedRequest large = prepare(each(0, ROWS, id -> stars(id, 1)));
        LoggedRequest medium = prepare(each(0, 19, id -> stars(id, 1)));
        LoggedRequest small = prepare(each(0, 8, id -> stars(id, 2)));
        assertThat(outcomes(large, medium, small)).containsExactly("TOO_LARGE", "TOO_LARGE", "");
    }

    @Test
    void aWriteThatShowsTooMuchIsRefusedAndChangesNothing() throws Exception {
        openStores();
        assertThat(outcomes(
                        showing(RowsWanted.ROWS_WANTED_BEFORE, each(0, ROWS, this::delete)),
                        showing(RowsWanted.ROWS_WANTED_AFTER, each(0, ROWS, id -> stars(id, 1))),
                        showing(RowsWanted.ROWS_WANTED_AFTER, each(0, ROWS, id -> stars(0, id))),
                        showing(RowsWanted.ROWS_WANTED_BEFORE, each(0, ROWS / 4, this::delete))))
                .containsExactly("TOO_LARGE", "TOO_LARGE", "TOO_LARGE", "");
        assertThat(Objects.requireNonNull(store.checksums().tables().getFirst()).getRows())
                .isEqualTo(ROWS - ROWS / 4);
    }

    @Test
    void requestsThatAreSmallEnoughEachRunTogether() throws Exception {
        openStores();
        LoggedRequest[] requests = IntStream.range(0, 8)
                .mapToObj(i -> showing(RowsWanted.ROWS_WANTED_BEFORE, each(i * 3, i * 3 + 10, id -> stars(id, i))))
                .toArray(LoggedRequest[]::new);
        assertThat(outcomes(requests)).containsOnly("");
    }

    @Test
    void allThatIsPreparedIsBounded() throws Exception {
        openStores();
        // A row takes 400,000 bytes when it is kept: 32 MiB have room for 83 of them.
        LoggedRequest[] prepares = IntStream.range(0, 6)
                .mapToObj(i -> prepare(each(100 + i * 16, 116 + i * 16, this::insert)))
                .toArray(LoggedRequest[]::new);
        LoggedRequest again = prepares[5].toBuilder()
                .setRequest(prepares[5].getRequest().toBuilder().setNumber(99))
                .build();
        LoggedRequest tiny = prepare(delete(5));
        List<LoggedRequest> all = new ArrayList<>(List.of(prepares));
        all.addAll(List.of(tiny, release(prepares[0]), again));
        assertThat(outcomes(all.toArray(LoggedRequest[]::new)))
                .containsExactly("", "", "", "", "", "LOCKED", "", "", "");
    }

    private RowOperation insert(long id) {
        return log.row(OperationKind.INSERT, NOTES, number(id), number(0), text("y".repeat(CHARACTERS)));
    }

    /** A table of long indexed columns, and other ones that fill its rows. */
    private static TableDefinition longIndexes(int indexes, int others) {
        List<ColumnDefinition> columns = new ArrayList<>();
        List<IndexDefinition> indexed = new ArrayList<>();
        columns.add(new ColumnDefinition("id", ColumnType.parse("Number"), false));
        for (int i = 0; i < indexes; i++) {
            columns.add(new ColumnDefinition("i" + i, ColumnType.parse("VARCHAR(760)"), true));
            indexed.add(new IndexDefinition("by_i" + i, List.of("i" + i)));
        }
        for (int i = 0; i < others; i++) {
            columns.add(new ColumnDefinition("c" + i, ColumnType.parse("VARCHAR(9)"), true));
        }
        return new TableDefinition("t", columns, List.of("id"), "id", indexed);
    }

    private static boolean takesEveryRow(TableDefinition table) {
        int inline = RowSize.inlineBytes(table.columns(), table.primaryKey(), table.indexes());
        int undo = RowSize.undoBytes(table.columns(), table.primaryKey(), table.indexes());
        return inline <= RowSize.MAX_INLINE_BYTES && undo <= RowSize.MAX_UNDO_BYTES;
    }

    private RowOperation longest(OperationKind kind, TableDefinition table, String letter) {
        Value[] values = new Value[table.columns().size()];
        values[0] = number(1);
        for (int i = 1; i < values.length; i++) {
            boolean indexed = table.column(i).name().startsWith("i");
            values[i] = text(letter.repeat(indexed ? 760 : 9));
        }
        return log.row(kind, "t", values);
    }

    private ReplicaStore begun(TableDefinition table) throws Exception {
        DatabaseSchema schema = new DatabaseSchema(1, Strategy.RANGE, List.of(table));
        log = new Entries(schema);
        ReplicaStore of = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        SchemaDefinition withIndexes = schema.toWire().toBuilder().setRules(1).build();
        of.apply(List.of(
                log.empty(),
                log.command(LoggedCommand.newBuilder().setDefineSchema(withIndexes)),
                log.own(Interval.ALL, 1),
                log.open()));
        of.apply(List.of(log.versioned(log.request(longest(OperationKind.INSERT, table, "\uD83D\uDE00")))));
        return of;
    }

    @Test
    void theLongestRowOfAnyTableCanBeChangedAndRemoved() throws Exception {
        for (int indexes = 1; indexes <= 5; indexes++) {
            int others = 0;
            while (takesEveryRow(longIndexes(indexes, others + 1))) {
                others++;
            }
            TableDefinition table = longIndexes(indexes, others);
            ReplicaStore of = begun(table);
            LoggedRequest change = log.request(longest(OperationKind.UPSERT, table, "\uD83D\uDE01"));
            LoggedRequest remove = log.request(log.delete("t", Row.of(number(1))));
            for (LoggedRequest each : List.of(change, remove)) {
                EntryOutcome outcome = of.apply(List.of(log.versioned(each))).getFirst();
                assertThat(outcome.replies().getFirst().getError().getCode())
                        .as("%d indexes, %d other columns", indexes, others)
                        .isEmpty();
            }
        }
    }

    /** Tables of earlier versions may have such rows. One request fails then, and the shard goes on. */
    @Test
    void aRowThatCannotBeRemovedFailsItsRequestAlone() throws Exception {
        ReplicaStore of = begun(longIndexes(6, 1));
        RowOperation remove = log.delete("t", Row.of(number(1)));
        CommittedEntry plain = log.versioned(log.request(remove));
        assertThatThrownBy(() -> of.apply(List.of(plain))).isInstanceOf(UnresolvedRequestException.class);
    }
}
