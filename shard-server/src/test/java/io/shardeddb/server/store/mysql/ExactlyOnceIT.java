package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.request.RequestWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request id runs at most once, and its repeats get the first answer. */
class ExactlyOnceIT {

    private static final RequestWindow.Limits LIMITS = new RequestWindow.Limits(20, 60_000, 5_000);

    @TempDir
    static Path directory;

    static MariaDbServer server;
    static MySqlStoreFactory factory;

    private String group;
    private String member;
    private ReplicaStore store;
    private Entries log;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start(directory);
        factory = StoreFixture.factory(server, LIMITS);
    }

    @AfterAll
    static void stop() {
        factory.close();
        server.close();
    }

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        member = StoreFixture.uid();
        store = factory.open(group, member, 1);
        log = new Entries(StoreFixture.SCHEMA);
        store.apply(log.beginning());
    }

    private List<WriteReply> write(LoggedRequest... requests) throws Exception {
        return store.apply(List.of(log.write(requests))).getFirst().replies();
    }

    private RowOperation insert(long id) {
        return log.row(OperationKind.INSERT, "StudT", number(id), text("n"), number(7));
    }

    private long rows() throws Exception {
        return store.checksums().tables().getFirst().getRows();
    }

    @Test
    void answersARepeatWithTheFirstAnswer() throws Exception {
        LoggedRequest request = log.request(insert(1));
        WriteReply first = write(request).getFirst();

        WriteReply repeat = write(request).getFirst();

        assertThat(repeat).isEqualTo(first.toBuilder().setRepeated(true).build());
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void answersARepeatInTheSameEntryAndInTheSameTransaction() throws Exception {
        LoggedRequest request = log.request(insert(1));

        List<EntryOutcome> outcomes = store.apply(List.of(log.write(request, request), log.write(request)));

        assertThat(outcomes.get(0).replies().get(0).getRepeated()).isFalse();
        assertThat(outcomes.get(0).replies().get(1).getRepeated()).isTrue();
        assertThat(outcomes.get(1).replies().get(0).getRepeated()).isTrue();
        assertThat(outcomes.get(1).replies().get(0).getAffectedList()).containsExactly(1);
    }

    @Test
    void keepsToOutcomesThatItToldBeforeItFailed() throws Exception {
        write(log.request(insert(1)));
        CommittedEntry entry = log.write(log.request(insert(2)));
        List<EntryOutcome> told = new ArrayList<>();

        assertThatThrownBy(() -> store.apply(List.of(entry), certain -> {
                    told.addAll(certain);
                    throw new IllegalStateException("the end, before the commit");
                }))
                .hasMessageContaining("the end");

        assertThat(told).hasSize(1);
        assertThat(rows()).isEqualTo(1);
        assertThat(store.apply(List.of(entry))).isEqualTo(told);
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void remembersFailures() throws Exception {
        write(log.request(insert(1)));
        LoggedRequest failing = log.request(insert(1));
        assertThat(write(failing).getFirst().getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_KEY.name());
        write(log.request(log.delete("StudT", Row.of(number(1)))));

        WriteReply repeat = write(failing).getFirst();

        assertThat(repeat.getRepeated()).isTrue();
        assertThat(repeat.getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_KEY.name());
        assertThat(rows()).isZero();
    }

    @Test
    void runsARequestThatWasRefusedBefore() throws Exception {
        store.apply(List.of(log.own(new Interval(0, 10L), 2)));
        LoggedRequest request = log.request(insert(50));
        assertThat(write(request).getFirst().getError().getCode()).isEqualTo(ErrorCode.MOVED.name());
        store.apply(List.of(log.own(Interval.ALL, 3)));

        WriteReply reply = write(request).getFirst();

        assertThat(reply.hasError()).isFalse();
        assertThat(reply.getRepeated()).isFalse();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void refusesAnotherContentUnderTheSameId() throws Exception {
        write(log.request("c", 1, insert(1)));

        WriteReply reply = write(log.request("c", 1, insert(2))).getFirst();

        assertThat(reply.getError().getCode()).isEqualTo(ErrorCode.REQUEST_CHANGED.name());
        assertThat(rows()).isEqualTo(1);
    }

    /**
     * Hashes of rows and of what was sent differ for the same content: whoever compares them must be told which the
     * first one is.
     */
    @Test
    void tellsByWhatTheFirstRequestIsKnown() throws Exception {
        LoggedRequest byRows = log.request("c", 1, insert(1));
        LoggedRequest bySent =
                log.request("c", 2, insert(2)).toBuilder().setClientHash(true).build();
        write(byRows);
        write(bySent);
        for (LoggedRequest first : List.of(byRows, bySent)) {
            LoggedRequest repeat = first.toBuilder().setContentHash(5).build();
            assertThat(write(repeat).getFirst().getError().getDetailsOrThrow("knownBy"))
                    .isEqualTo(first.getClientHash() ? "sent" : "rows");
        }
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void tellsClientsApartWhoseNamesDifferByATrailingSpace() throws Exception {
        write(log.request("c", 1, insert(1)));

        assertThat(write(log.request("c ", 1, insert(2))).getFirst().hasError()).isFalse();
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void settlesARequestThatRan() throws Exception {
        LoggedRequest request = log.request(insert(1));
        write(request);

        WriteReply reply = write(settle(request)).getFirst();

        assertThat(reply.hasError()).isFalse();
        assertThat(reply.getAffectedList()).containsExactly(1);
        assertThat(reply.getRepeated()).isTrue();
    }

    @Test
    void closesTheIdOfARequestThatHasNotRun() throws Exception {
        LoggedRequest late = log.request(insert(1));

        assertThat(write(settle(late)).getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_NOT_RUN.name());
        assertThat(write(late).getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_CLOSED.name());
        assertThat(write(settle(late)).getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_NOT_RUN.name());
        assertThat(rows()).isZero();
    }

    @Test
    void refusesAnIdOlderThanTheWindow() throws Exception {
        LoggedRequest old = log.request(insert(1));
        log.pass(LIMITS.issueWindowMillis() + 1);

        assertThat(write(old).getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_EXPIRED.name());
        assertThat(write(settle(old)).getFirst().getError().getCode()).isEqualTo(ErrorCode.REQUEST_EXPIRED.name());
        assertThat(rows()).isZero();
    }

    @Test
    void refusesAnIdIssuedAheadOfTheLog() throws Exception {
        LoggedRequest early = log.request(insert(1));
        LoggedRequest ahead = early.toBuilder()
                .setRequest(early.getRequest().toBuilder().setIssuedAtMillis(log.millis() + LIMITS.aheadMillis() + 10))
                .build();

        assertThat(write(ahead).getFirst().getError().getCode()).isEqualTo(ErrorCode.MALFORMED_REQUEST.name());
    }

    @Test
    void neverRunsARequestAgainWhoseRecordWasForgotten() throws Exception {
        LoggedRequest first = log.request(insert(1));
        write(first);
        write(log.request(log.delete("StudT", Row.of(number(1)))));
        for (int i = 0; i < LIMITS.capacity(); i++) {
            write(log.request(insert(100 + i)));
        }

        WriteReply reply = write(first).getFirst();

        assertThat(reply.getError().getCode()).isEqualTo(ErrorCode.REQUEST_EXPIRED.name());
        assertThat(rows()).isEqualTo(LIMITS.capacity());
    }

    @Test
    void knowsItsRecordsAfterAReopening() throws Exception {
        LoggedRequest request = log.request(insert(1));
        write(request);
        store.close();
        store = factory.open(group, member, 2);

        assertThat(write(request).getFirst().getRepeated()).isTrue();
    }

    @Test
    void forgetsTheSameHoweverEntriesAreGrouped() throws Exception {
        ReplicaStore other = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        List<CommittedEntry> entries = new ArrayList<>(new Entries(StoreFixture.SCHEMA).beginning());
        List<CommittedEntry> writes = new ArrayList<>();
        List<LoggedRequest> sent = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            LoggedRequest request = log.request(insert(i));
            sent.add(request);
            // Every fourth entry repeats one that may just be remembered, or just be forgotten.
            writes.add(i % 4 == 3 ? log.write(request, sent.get(i - Math.min(i, 19 + i % 5))) : log.write(request));
        }
        entries.addAll(writes);
        for (CommittedEntry entry : writes) {
            store.apply(List.of(entry));
        }

        other.apply(entries);

        assertThat(other.applied().stateHash()).isEqualTo(store.applied().stateHash());
        try (SnapshotSource one = store.openSnapshot();
                SnapshotSource two = other.openSnapshot()) {
            assertThat(two.checksums().tables()).isEqualTo(one.checksums().tables());
        }
    }

    private static LoggedRequest settle(LoggedRequest request) {
        return LoggedRequest.newBuilder()
                .setRequest(request.getRequest())
                .setSettle(true)
                .build();
    }
}
