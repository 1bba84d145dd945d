package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.Participant;
import io.shardeddb.protocol.wire.PrepareStep;
import io.shardeddb.protocol.wire.ReleaseStep;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.TransactionStep;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
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

    private ReplicaStore store;
    private ReplicaStore apart;
    private ReplicaStore held;
    private Entries log;
    private long attempts;

    @BeforeEach
    void openStores() throws Exception {
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
        assertThat(outcomes(prepare(each(0, ROWS, this::delete)))).containsExactly("");
    }

    @Test
    void aTransactionThatKeepsTooMuchOfWhatIsThereIsRefused() throws Exception {
        LoggedRequest large = prepare(each(0, ROWS, id -> stars(id, 1)));
        LoggedRequest medium = prepare(each(0, 19, id -> stars(id, 1)));
        LoggedRequest small = prepare(each(0, 8, id -> stars(id, 2)));
        assertThat(outcomes(large, medium, small)).containsExactly("TOO_LARGE", "TOO_LARGE", "");
    }

    @Test
    void aWriteThatShowsTooMuchIsRefusedAndChangesNothing() throws Exception {
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
        LoggedRequest[] requests = IntStream.range(0, 8)
                .mapToObj(i -> showing(RowsWanted.ROWS_WANTED_BEFORE, each(i * 3, i * 3 + 10, id -> stars(id, i))))
                .toArray(LoggedRequest[]::new);
        assertThat(outcomes(requests)).containsOnly("");
    }

    @Test
    void allThatIsPreparedIsBounded() throws Exception {
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
}
