package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.Comparison;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Expression;
import io.shardeddb.protocol.change.PathStep;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.FailedOperation;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that depend on what is there, on a real database. */
class ConditionalWritesIT extends OnMariaDb {

    private static final String TABLE = "flights";
    private static final DatabaseSchema SCHEMA = new DatabaseSchema(
            1,
            Strategy.RANGE,
            List.of(StoreFixture.table(
                    TABLE,
                    List.of("id"),
                    "id Number",
                    "seats Number?",
                    "price DECIMAL(6,2)?",
                    "notes JSON?",
                    "name VARCHAR(20)?")));
    private static final int SEATS = 1;
    private static final int PRICE = 2;
    private static final int NOTES = 3;
    private static final int NAME = 4;

    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        store = opened();
        log = new Entries(SCHEMA);
        store.apply(log.beginning());
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

    private static Row flight(long id, Value seats) {
        return Row.of(number(id), seats, text("10.50"), text("{\"a\":[1]}"), text("LX" + id));
    }

    private RowOperation insert(long id, long seats) {
        return log.row(
                OperationKind.INSERT, TABLE, flight(id, number(seats)).values().toArray(Value[]::new));
    }

    private RowOperation upsert(long id, long seats, Expression seatsOtherwise) {
        return log
                .row(
                        OperationKind.UPSERT,
                        TABLE,
                        flight(id, number(seats)).values().toArray(Value[]::new))
                .toBuilder()
                .addComputations(ChangeCodec.toWire(new ComputedColumn(SEATS, seatsOtherwise)))
                .build();
    }

    private RowOperation named(long id, String name, Precondition... conditions) {
        RowOperation.Builder update = log.update(TABLE, Row.of(number(id)), List.of("name"), text(name)).toBuilder();
        List.of(conditions).forEach(condition -> update.addConditions(ChangeCodec.toWire(condition)));
        return update.build();
    }

    private RowOperation computing(long id, int column, Expression expression) {
        return log.update(TABLE, Row.of(number(id)), List.of()).toBuilder()
                .setMustExist(true)
                .addComputations(ChangeCodec.toWire(new ComputedColumn(column, expression)))
                .build();
    }

    private static Expression add(long amount) {
        return new Expression.Add(number(amount), null, null);
    }

    private RowOperation taking(long id) {
        return computing(id, SEATS, new Expression.Add(number(-1), number(0), null));
    }

    private LoggedRequest alone(RowOperation... operations) {
        return log.request(operations).toBuilder().setEachAlone(true).build();
    }

    private List<Row> all() throws Exception {
        return Entries.rows(store.read(log.range(TABLE, null, null, 0)).getRowsList());
    }

    private static List<String> codes(List<WriteReply> replies) {
        return replies.stream()
                .map(reply -> reply.hasError() ? reply.getError().getCode() : "ok")
                .toList();
    }

    @Test
    void noTwoWritersGiveARowTheSameVersion() throws Exception {
        List<WriteReply> replies =
                write(log.request(insert(1, 5)), log.request(named(1, "first")), log.request(named(1, "second")));
        long first = replies.get(1).getTimestamp();
        long second = replies.get(2).getTimestamp();

        assertThat(codes(write(log.request(named(1, "lost", new Precondition.Unchanged(first))))))
                .containsExactly("CONDITION_FAILED");
        assertThat(codes(write(log.request(named(1, "third", new Precondition.Unchanged(second))))))
                .containsExactly("ok");
        assertThat(all().getFirst().get(NAME)).isEqualTo(text("third"));
    }

    @Test
    void conditionsAreJudgedInTheOrderOfTheLog() throws Exception {
        write(log.request(insert(1, 1)));

        List<WriteReply> replies = write(log.request(taking(1)), log.request(taking(1)), log.request(insert(1, 9)));

        assertThat(codes(replies)).containsExactly("ok", "OUT_OF_BOUNDS", "DUPLICATE_KEY");
        assertThat(all().getFirst().get(SEATS)).isEqualTo(number(0));
    }

    @Test
    void aHundredAdditionsLoseNone() throws Exception {
        write(log.request(insert(1, 0)));
        LoggedRequest[] additions = IntStream.range(0, 100)
                .mapToObj(i -> log.request(computing(1, SEATS, add(1))))
                .toArray(LoggedRequest[]::new);

        assertThat(codes(write(additions))).containsOnly("ok");
        assertThat(all().getFirst()).isEqualTo(flight(1, number(100)));
    }

    @Test
    void anUpsertComputesWhereTheRowIsThere() throws Exception {
        List<WriteReply> replies =
                write(log.request(upsert(1, 3, add(10))), log.request(upsert(1, 3, add(10))), log.request(taking(2)));

        assertThat(codes(replies)).containsExactly("ok", "ok", "ROW_NOT_FOUND");
        assertThat(all()).containsExactly(flight(1, number(13)));
    }

    @Test
    void operationsStandTogetherUnlessEachStandsAlone() throws Exception {
        write(log.request(insert(1, 1)));
        RowOperation absent = insert(2, 2).toBuilder()
                .addConditions(ChangeCodec.toWire(new Precondition.Present()))
                .build();

        WriteReply together =
                write(log.request(insert(3, 3), absent, taking(1))).getFirst();
        assertThat(together.getError().getCode()).isEqualTo("CONDITION_FAILED");
        assertThat(together.getError().getDetailsMap()).containsEntry("operation", "1");
        assertThat(all()).containsExactly(flight(1, number(1)));

        WriteReply alone =
                write(alone(insert(3, 3), absent, taking(1), taking(1))).getFirst();
        assertThat(alone.hasError()).isFalse();
        assertThat(alone.getAffectedList()).containsExactly(1, 0, 1, 0);
        assertThat(alone.getFailedList().stream()
                        .map(FailedOperation::getOperation)
                        .toList())
                .containsExactly(1, 3);
        assertThat(alone.getTimestampStep()).isEqualTo(1);
        assertThat(all()).containsExactly(flight(1, number(0)), flight(3, number(3)));
        // Each operation's row has the version that the answer says.
        assertThat(codes(write(
                        log.request(named(1, "a", new Precondition.Unchanged(alone.getTimestamp() + 2))),
                        log.request(named(3, "b", new Precondition.Unchanged(alone.getTimestamp()))))))
                .containsExactly("ok", "ok");
    }

    @Test
    void rowsAreShownOnceBeforeOrAfter() throws Exception {
        write(log.request(insert(1, 5)));
        LoggedRequest request = log.request(taking(1), insert(2, 2)).toBuilder()
                .setRowsWanted(RowsWanted.ROWS_WANTED_AFTER)
                .build();

        WriteReply after = write(request).getFirst();
        assertThat(after.getShownList().stream()
                        .map(shown -> RowCodec.decode(shown.getRow()))
                        .toList())
                .containsExactly(flight(1, number(4)), flight(2, number(2)));
        assertThat(after.getShown(0).getVersion()).isEqualTo(after.getTimestamp());

        WriteReply before = write(log.request(log.delete(TABLE, Row.of(number(1))), insert(7, 7)).toBuilder()
                        .setRowsWanted(RowsWanted.ROWS_WANTED_BEFORE)
                        .build())
                .getFirst();
        assertThat(RowCodec.decode(before.getShown(0).getRow())).isEqualTo(flight(1, number(4)));
        assertThat(before.getShown(1).getRow().isEmpty()).isTrue();

        WriteReply repeated = write(request).getFirst();
        assertThat(repeated.getRepeated()).isTrue();
        assertThat(repeated.getShownList()).isEmpty();
        assertThat(repeated.getAffectedList()).containsExactly(1, 1);
        assertThat(repeated.getTimestamp()).isEqualTo(after.getTimestamp());
    }

    /** What no check before the log sees: only the database refuses it. */
    @Test
    void aRowThatTheDatabaseRefusesFailsItsOwnRequestAlone() throws Exception {
        write(log.request(insert(1, 5)));
        RowOperation noJson =
                log.row(OperationKind.INSERT, TABLE, number(8), number(1), text("1.00"), text("{no json"), text("x"));

        List<WriteReply> replies = write(
                log.request(taking(1)),
                log.request(insert(9, 9), noJson),
                log.request(taking(1)),
                alone(noJson, insert(10, 1)));

        assertThat(codes(replies)).containsExactly("ok", "CONSTRAINT_VIOLATED", "ok", "ok");
        assertThat(replies.get(3).getFailed(0).getError().getCode()).isEqualTo("CONSTRAINT_VIOLATED");
        assertThat(all()).containsExactly(flight(1, number(3)), flight(10, number(1)));
    }

    /** Replicas put the same entries together differently: the rows, the answers and the records must be the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theOutcomeIsTheSameHoweverEntriesAreAppliedTogether(int seed) throws Exception {
        Random random = new Random(seed);
        ReplicaStore oneByOne = opened();
        ReplicaStore held = opened();
        List<CommittedEntry> beginning = new Entries(SCHEMA).beginning();
        oneByOne.apply(beginning);
        held.apply(beginning);
        List<CommittedEntry> entries = new ArrayList<>();
        List<LoggedRequest> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            LoggedRequest[] requests = new LoggedRequest[1 + random.nextInt(5)];
            for (int j = 0; j < requests.length; j++) {
                boolean repeat = !sent.isEmpty() && random.nextInt(8) == 0;
                requests[j] = repeat ? sent.get(random.nextInt(sent.size())) : request(random);
                sent.add(requests[j]);
            }
            entries.add(entry(requests));
        }

        List<EntryOutcome> together = store.apply(entries);
        List<EntryOutcome> apart = new ArrayList<>();
        for (CommittedEntry entry : entries) {
            apart.addAll(oneByOne.apply(List.of(entry)));
        }
        List<EntryOutcome> holding = new ArrayList<>();
        for (int from = 0; from < entries.size(); ) {
            List<CommittedEntry> some = entries.subList(from, Math.min(entries.size(), from + 1 + random.nextInt(4)));
            List<EntryOutcome> outcomes = random.nextInt(3) > 0 ? held.hold(some) : null;
            holding.addAll(outcomes == null ? held.apply(some) : outcomes);
            from += some.size();
        }
        held.settle();

        assertThat(apart).isEqualTo(together);
        assertThat(holding).isEqualTo(together);
        assertThat(oneByOne.applied()).isEqualTo(store.applied());
        assertThat(held.applied()).isEqualTo(store.applied());
        assertThat(oneByOne.checksums()).isEqualTo(store.checksums());
        assertThat(held.checksums()).isEqualTo(store.checksums());
        assertThat(together.stream().flatMap(outcome -> outcome.replies().stream()))
                .as("something must have failed, and something not")
                .anyMatch(WriteReply::hasError)
                .anyMatch(reply -> reply.getFailedCount() > 0)
                .anyMatch(reply -> !reply.hasError() && !reply.getRepeated());
    }

    private LoggedRequest request(Random random) {
        RowOperation[] operations = new RowOperation[1 + random.nextInt(4)];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = operation(random);
        }
        return log.request(operations).toBuilder()
                .setEachAlone(random.nextInt(4) == 0)
                .setRowsWantedValue(random.nextInt(8) == 0 ? 1 + random.nextInt(2) : 0)
                .build();
    }

    private RowOperation operation(Random random) {
        long id = random.nextInt(6);
        return switch (random.nextInt(11)) {
            case 0, 1 -> insert(id, random.nextInt(5));
            case 2 -> upsert(id, random.nextInt(5), add(random.nextInt(3)));
            case 3 -> log.delete(TABLE, Row.of(number(id)));
            case 4, 5 -> taking(id);
            case 6 -> computing(id, PRICE, new Expression.Add(text("0.25"), null, text("12.00")));
            case 7 ->
                computing(
                        id,
                        NOTES,
                        new Expression.JsonAppend(List.of(new PathStep.Member("a")), "" + random.nextInt(9)));
            case 8 -> named(id, "n" + random.nextInt(3), new Precondition.Column(SEATS, Comparison.GREATER, number(1)));
            case 9 ->
                named(
                        id,
                        "m",
                        new Precondition.Column(NAME, Comparison.NOT_EQUAL, text("n1")),
                        new Precondition.Present());
            default ->
                log.row(
                        OperationKind.UPSERT,
                        TABLE,
                        flight(id, Value.NULL).values().toArray(Value[]::new));
        };
    }
}
