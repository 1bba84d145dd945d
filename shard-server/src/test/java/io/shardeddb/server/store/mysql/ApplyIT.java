package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How committed entries become rows and answers. */
class ApplyIT extends OnMariaDb {

    private String group;
    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(StoreFixture.SCHEMA);
        store.apply(log.beginning());
    }

    private List<WriteReply> write(LoggedRequest... requests) throws Exception {
        return store.apply(List.of(log.write(requests))).getFirst().replies();
    }

    private RowOperation student(OperationKind kind, long id, String name) {
        return log.row(kind, "StudT", number(id), text(name), number(7));
    }

    private List<Row> all() throws Exception {
        return Entries.rows(store.read(log.range("StudT", null, null, 0)).getRowsList());
    }

    @Test
    void storesTheAppliedStateWithTheRows() throws Exception {
        write(log.request(student(OperationKind.INSERT, 1, "a")));
        store.apply(List.of(log.configuration("members")));

        AppliedState state = store.applied();

        assertThat(state.index()).isEqualTo(6);
        assertThat(state.term()).isEqualTo(1);
        assertThat(state.open()).isTrue();
        assertThat(state.epoch()).isEqualTo(1);
        assertThat(state.interval()).isEqualTo(Interval.ALL.toWire());
        assertThat(state.schema()).isEqualTo(StoreFixture.SCHEMA.toWire());
        assertThat(state.configurationIndex()).isEqualTo(6);
        assertThat(state.configuration()).isEqualTo(ByteString.copyFromUtf8("members"));
        assertThat(state.timestamp()).isEqualTo(log.millis() << 16);
        assertThat(store.flush().index()).isEqualTo(6);
    }

    @Test
    void insertsManyRequestsOfManyEntriesInOneTransaction() throws Exception {
        List<CommittedEntry> entries = new ArrayList<>();
        for (int entry = 0; entry < 300; entry++) {
            LoggedRequest[] requests = new LoggedRequest[10];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = log.request(student(OperationKind.INSERT, entry * 10L + i, "n" + i));
            }
            entries.add(log.write(requests));
        }

        List<EntryOutcome> outcomes = store.apply(entries);

        assertThat(outcomes).hasSize(300);
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.replies())
                        .hasSize(10)
                        .allSatisfy(reply -> assertThat(reply.getAffectedList()).containsExactly(1)));
        assertThat(store.checksums().tables().getFirst().getRows()).isEqualTo(3000);
    }

    @Test
    void failsOnlyTheRequestWhoseKeyExists() throws Exception {
        write(log.request(student(OperationKind.INSERT, 5, "first")));

        List<WriteReply> replies = write(
                log.request(student(OperationKind.INSERT, 4, "a")),
                log.request(student(OperationKind.INSERT, 6, "b"), student(OperationKind.INSERT, 5, "again")),
                log.request(student(OperationKind.INSERT, 7, "c")),
                log.request(student(OperationKind.INSERT, 7, "c again")));

        assertThat(replies.get(0).hasError()).isFalse();
        assertThat(replies.get(1).getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_KEY.name());
        assertThat(replies.get(1).getError().getDetailsMap()).containsEntry("operation", "1");
        assertThat(replies.get(2).hasError()).isFalse();
        assertThat(replies.get(3).getError().getCode()).isEqualTo(ErrorCode.DUPLICATE_KEY.name());
        assertThat(all()).extracting(row -> row.get(1)).containsExactly(text("a"), text("first"), text("c"));
    }

    /** The first operation that fails gives the error, alone and next to others. */
    @Test
    void aRequestWithTwoBadOperationsFailsAsItDoesAlone() throws Exception {
        DatabaseSchema days = new DatabaseSchema(
                1, Strategy.RANGE, List.of(StoreFixture.table("days", List.of("id"), "id Number", "day DATE?")));
        log = new Entries(days);
        List<CommittedEntry> entries = new ArrayList<>(log.beginning());
        entries.add(log.write(log.request(day(1, "2026-01-01"))));
        entries.add(log.write(log.request(day(2, "2026-01-02"), day(1, "2026-01-03"))));
        entries.add(log.write(log.request(day(3, "2026-02-31"), day(1, "2026-01-04"))));
        entries.add(log.write(log.request(day(4, "2026-01-05"))));
        ReplicaStore together = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        ReplicaStore apart = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        List<EntryOutcome> outcomes = together.apply(entries);
        List<EntryOutcome> single = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            single.addAll(apart.apply(List.of(entry)));
        }
        assertThat(outcomes).isEqualTo(single);
        assertThat(together.applied().stateHash()).isEqualTo(apart.applied().stateHash());
        assertThat(outcomes.subList(entries.size() - 3, entries.size()))
                .extracting(outcome -> outcome.replies().getFirst().getError().getCode())
                .containsExactly("DUPLICATE_KEY", "WRONG_TYPE", "");
    }

    private RowOperation day(long id, String day) {
        return log.row(OperationKind.INSERT, "days", number(id), text(day));
    }

    @Test
    void keepsTheRowThatIsThereOnInsertIfAbsent() throws Exception {
        write(log.request(student(OperationKind.INSERT, 5, "first")));

        List<WriteReply> replies = write(
                log.request(
                        student(OperationKind.INSERT_IF_ABSENT, 4, "new"),
                        student(OperationKind.INSERT_IF_ABSENT, 5, "not taken"),
                        student(OperationKind.INSERT_IF_ABSENT, 4, "twice")),
                log.request(student(OperationKind.INSERT_IF_ABSENT, 5, "not taken")));

        assertThat(replies.get(0).getAffectedList()).containsExactly(1, 0, 0);
        assertThat(replies.get(1).getAffectedList()).containsExactly(0);
        assertThat(all()).extracting(row -> row.get(1)).containsExactly(text("new"), text("first"));
    }

    @Test
    void countsUpdatesDeletesAndUpserts() throws Exception {
        write(log.request(student(OperationKind.INSERT, 1, "a"), student(OperationKind.INSERT, 2, "b")));

        List<WriteReply> replies = write(
                log.request(log.update("StudT", Row.of(number(1)), List.of("Stud_name"), text("a2"))),
                log.request(log.update("StudT", Row.of(number(1)), List.of("Stud_name"), text("a2"))),
                log.request(log.update("StudT", Row.of(number(9)), List.of("Stud_name"), text("x"))),
                log.request(log.update("StudT", Row.of(number(2)), List.of("Stud_name"), text("b2"))),
                log.request(log.update("StudT", Row.of(number(2)), List.of("Stud_name"), text("b3"))),
                log.request(log.delete("StudT", Row.of(number(1)))),
                log.request(log.delete("StudT", Row.of(number(1)))),
                log.request(student(OperationKind.UPSERT, 2, "b4"), student(OperationKind.UPSERT, 3, "c")));

        assertThat(replies).allSatisfy(reply -> assertThat(reply.hasError()).isFalse());
        assertThat(replies.subList(0, 7).stream().map(reply -> reply.getAffected(0)))
                .containsExactly(1, 1, 0, 1, 1, 1, 0);
        assertThat(replies.get(7).getAffectedList()).containsExactly(1, 1);
        assertThat(all()).extracting(row -> row.get(1)).containsExactly(text("b4"), text("c"));
    }

    @Test
    void failsARequestWhoseRowMustExist() throws Exception {
        RowOperation update = log.update("StudT", Row.of(number(1)), List.of("Stud_marks"), number(1)).toBuilder()
                .setMustExist(true)
                .build();
        RowOperation delete = log.delete("StudT", Row.of(number(1))).toBuilder()
                .setMustExist(true)
                .build();

        List<WriteReply> replies = write(
                log.request(student(OperationKind.INSERT, 2, "kept?"), update),
                log.request(delete),
                log.request(delete),
                log.request(student(OperationKind.INSERT, 3, "kept")));

        assertThat(replies.subList(0, 3))
                .allSatisfy(reply -> assertThat(reply.getError().getCode()).isEqualTo(ErrorCode.ROW_NOT_FOUND.name()));
        assertThat(all()).extracting(row -> row.get(0)).containsExactly(number(3));
    }

    @Test
    void failsOnlyTheRequestWithBadData() throws Exception {
        List<WriteReply> replies = write(
                log.request(student(OperationKind.INSERT, 1, "a")),
                log.request(student(OperationKind.INSERT, 2, "x".repeat(256))),
                log.request(log.insert("StudT", number(3), Value.NULL, number(1))),
                log.request(log.insert("StudT", number(4), text("b"), text("not a number"))),
                log.request(student(OperationKind.INSERT, 5, "e")));

        assertThat(replies.stream().map(reply -> reply.getError().getCode()))
                .containsExactly(
                        "",
                        ErrorCode.VALUE_TOO_LONG.name(),
                        ErrorCode.NULL_NOT_ALLOWED.name(),
                        ErrorCode.WRONG_TYPE.name(),
                        "");
        assertThat(all()).extracting(row -> row.get(0)).containsExactly(number(1), number(5));
    }

    @Test
    void refusesPositionsThatItDoesNotOwn() throws Exception {
        store.apply(List.of(log.own(new Interval(0, 100L), 2)));

        List<WriteReply> replies = write(
                log.request(student(OperationKind.INSERT, 99, "mine")),
                log.request(student(OperationKind.INSERT, 100, "not mine")));

        assertThat(replies.get(0).hasError()).isFalse();
        assertThat(replies.get(1).getError().getCode()).isEqualTo(ErrorCode.MOVED.name());
        assertThat(replies.get(1).getError().getDetailsMap()).containsEntry("epoch", "2");
        ReadReply read = store.read(log.keys("StudT", Row.of(number(100))));
        assertThat(read.getError().getCode()).isEqualTo(ErrorCode.MOVED.name());
        assertThat(read.getEpoch()).isEqualTo(2);
    }

    @Test
    void ignoresAnIntervalOfAnOlderEpoch() throws Exception {
        store.apply(List.of(log.own(new Interval(0, 100L), 2)));

        EntryOutcome outcome =
                store.apply(List.of(log.own(new Interval(0, 50L), 1))).getFirst();

        assertThat(Objects.requireNonNull(outcome.error()).getCode()).isEqualTo(ErrorCode.CONFLICT.name());
        assertThat(store.applied().epoch()).isEqualTo(2);
        assertThat(store.applied().interval()).isEqualTo(new Interval(0, 100L).toWire());
    }

    @Test
    void refusesRowsOfAnotherSchemaVersion() throws Exception {
        LoggedRequest stale = log.request(student(OperationKind.INSERT, 1, "a")).toBuilder()
                .setSchemaVersion(0)
                .build();

        assertThat(write(stale).getFirst().getError().getCode()).isEqualTo(ErrorCode.SCHEMA_CHANGED.name());
        assertThat(write(log.request(student(OperationKind.INSERT, 1, "a")))
                        .getFirst()
                        .hasError())
                .isFalse();
    }

    @Test
    void refusesEntriesThatDoNotFollow() throws Exception {
        log.empty();
        CommittedEntry gap = log.write(log.request(student(OperationKind.INSERT, 1, "a")));

        assertThatThrownBy(() -> store.apply(List.of(gap)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("does not follow");
        assertThat(all()).isEmpty();
    }

    @Test
    void asksForAVerdictOnAnUnlistedErrorAndHonoursIt() throws Exception {
        // Stands for any error that the data cause, and that no list names.
        String table = new SqlText(SqlText.SCHEMA_PREFIX + group).table("StudT");
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TRIGGER " + table.replace("StudT", "odd") + " BEFORE INSERT ON " + table
                    + " FOR EACH ROW BEGIN IF NEW.Stud_id = 13 THEN SIGNAL SQLSTATE '22999'; END IF; END");
        }
        CommittedEntry entry = log.write(
                log.request(student(OperationKind.INSERT, 12, "a")),
                log.request(student(OperationKind.INSERT, 13, "b")),
                log.request(student(OperationKind.INSERT, 14, "c")));

        assertThatThrownBy(() -> store.apply(List.of(entry)))
                .isInstanceOfSatisfying(UnresolvedRequestException.class, e -> {
                    assertThat(e.entry()).isEqualTo(entry.index());
                    assertThat(e.request()).isEqualTo(1);
                });
        assertThat(store.applied().index()).isEqualTo(entry.index() - 1);
        assertThat(all()).isEmpty();

        CommittedEntry verdict = log.command(LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(entry.index())
                        .setRequest(1)
                        .setCode(ErrorCode.INTERNAL.name())));
        List<WriteReply> replies =
                store.apply(List.of(entry, verdict)).getFirst().replies();

        assertThat(replies.stream().map(reply -> reply.getError().getCode()))
                .containsExactly("", ErrorCode.INTERNAL.name(), "");
        assertThat(all()).extracting(row -> row.get(0)).containsExactly(number(12), number(14));
    }

    @Test
    void givesTheSameStateHashHoweverEntriesAreGrouped() throws Exception {
        ReplicaStore other = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        Entries otherLog = new Entries(StoreFixture.SCHEMA);
        List<CommittedEntry> entries = new ArrayList<>(otherLog.beginning());
        List<CommittedEntry> writes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            OperationKind kind = i % 3 == 0 ? OperationKind.INSERT : OperationKind.INSERT_IF_ABSENT;
            writes.add(log.write(log.request(student(kind, i % 7, "n" + i)), log.request(student(kind, i, "m"))));
        }
        entries.addAll(writes);

        for (CommittedEntry entry : writes) {
            store.apply(List.of(entry));
        }
        other.apply(entries);

        assertThat(other.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(other.checksums().tables()).isEqualTo(store.checksums().tables());
    }

    @Test
    void givesTheSameInPacketsAsStepByStep() throws Exception {
        Entries same = new Entries(StoreFixture.SCHEMA);
        List<CommittedEntry> entries = new ArrayList<>(same.beginning());
        Random random = new Random(11);
        for (int i = 0; i < 120; i++) {
            LoggedRequest[] requests = new LoggedRequest[1 + random.nextInt(5)];
            for (int r = 0; r < requests.length; r++) {
                requests[r] = log.request(anything(random), anything(random));
            }
            entries.add(log.write(requests));
        }
        String otherGroup = StoreFixture.uid();
        String otherMember = StoreFixture.uid();

        for (CommittedEntry entry : entries.subList(4, entries.size())) {
            store.apply(List.of(entry));
        }
        for (CommittedEntry entry : entries) {
            // A store that knows nothing yet cannot expect anything of the applied row.
            factory.open(otherGroup, otherMember, 1).apply(List.of(entry));
        }

        ReplicaStore other = factory.open(otherGroup, otherMember, 1);
        AppliedState state = store.applied();
        assertThat(other.applied().stateHash()).isEqualTo(state.stateHash());
        assertThat(other.applied().timestamp()).isEqualTo(state.timestamp());
        assertThat(other.applied().index()).isEqualTo(state.index());
        assertThat(other.checksums().tables()).isEqualTo(store.checksums().tables());
        assertThat(state.index()).isEqualTo(entries.size());
    }

    private RowOperation anything(Random random) {
        Row key = Row.of(number(random.nextInt(60)));
        String name = List.of("Ann", "O'Hara", "back\\slash", "Zoë", "line\nbreak", "")
                .get(random.nextInt(6));
        return switch (random.nextInt(5)) {
            case 0 -> log.delete("StudT", key);
            case 1 -> log.update("StudT", key, List.of("Stud_name"), text(name));
            case 2 -> log.row(OperationKind.UPSERT, "StudT", key.get(0), text(name), number(random.nextInt(100)));
            case 3 -> log.row(OperationKind.INSERT_IF_ABSENT, "StudT", key.get(0), text(name), number(1));
            default ->
                log.row(OperationKind.INSERT, "StudT", number(1_000 + random.nextInt(400)), text(name), number(2));
        };
    }
}
