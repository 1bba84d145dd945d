package io.shardeddb.router.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.ReadLevel;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeServer.ScanBreak;
import io.shardeddb.router.route.KeyRange;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A change of the tables ends the views of scans: they go on in the new tables, in the shape that they began in, where
 * these can give it.
 */
class ScanOverTablesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ROWS = 9;

    /**
     * Tables that can still give every column, or name and key. The first three can follow one another in their order.
     */
    enum Change {
        NEW_COLUMN("Stud_id Number", "Stud_name String", "Stud_marks Number", "note VARCHAR(40)"),
        WIDER("Stud_id Number", "Stud_name VARCHAR(300)", "Stud_marks BIGINT"),
        OTHERS_BEFORE_IT("Stud_id Number", "room INT", "Stud_marks BIGINT", "Stud_name VARCHAR(300)"),
        MARKS_GO("Stud_id Number", "Stud_name String"),
        NAME_GOES("Stud_id Number", "Stud_marks Number"),
        NARROWER("Stud_id Number", "Stud_name VARCHAR(254)", "Stud_marks Number"),
        ANOTHER_TYPE("Stud_id Number", "Stud_name TEXT", "Stud_marks Number"),
        ANOTHER_KEY("Stud_id INT", "Stud_name String", "Stud_marks Number");

        private final String columns;

        Change(String... columns) {
            this.columns = String.join(";", columns);
        }

        private TableDefinition table() {
            return table("StudT", columns.split(";"));
        }

        private static TableDefinition table(String name, String... columns) {
            List<ColumnDefinition> definitions = Arrays.stream(columns)
                    .map(column -> column.split(" ", 2))
                    .map(words ->
                            new ColumnDefinition(words[0], ColumnType.parse(words[1]), !words[0].equals("Stud_id")))
                    .toList();
            return new TableDefinition(name, definitions, List.of("Stud_id"), "Stud_id");
        }
    }

    private static RouterReads filled(FakeCluster cluster, Duration patience) {
        RouterReads router = new RouterReads(cluster, patience);
        LongStream.range(0, ROWS).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
        return router;
    }

    /** The first scan that begins from now on is ended after some rows, because the tables change meanwhile. */
    private static void changeDuringAScan(FakeCluster cluster, int afterRows, Runnable change) {
        AtomicInteger scans = new AtomicInteger();
        cluster.server(0).scanBreak = () -> {
            if (scans.getAndIncrement() > 0) {
                return ScanBreak.NONE;
            }
            change.run();
            return new ScanBreak(afterRows, ScanBreak.Kind.TABLES);
        };
    }

    private static void inForce(FakeCluster cluster, RouterReads router, TableDefinition table) {
        cluster.define(2, table);
        router.topology().publish(cluster.topology(2));
    }

    private static List<Row> namesAndMarks(RouterReads router) {
        return router.rows(router.read(KeyRange.ALL, 0, ReadLevel.STRONG, 2, 1));
    }

    private static List<Row> expected() {
        return LongStream.range(0, ROWS)
                .mapToObj(key ->
                        Row.of(new Value.Int64(key % 100), new Value.Text("Student" + key), new Value.Int64(key)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"NEW_COLUMN", "WIDER", "OTHERS_BEFORE_IT"})
    void goesOnInTheShapeThatItBeganIn(Change change) {
        for (int after = 1; after <= ROWS; after++) {
            try (FakeCluster cluster = FakeCluster.students(1);
                    RouterReads router = filled(cluster, PATIENCE)) {
                cluster.server(0).rowsInChunk.set(2);
                changeDuringAScan(cluster, after, () -> inForce(cluster, router, change.table()));
                assertThat(namesAndMarks(router)).as("after %d", after).isEqualTo(expected());
            }
        }
    }

    /** What was not asked for may go. */
    @Test
    void goesOnWithoutColumnsThatWereNotAskedFor() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(cluster, 4, () -> inForce(cluster, router, Change.MARKS_GO.table()));
            assertThat(router.keys(KeyRange.ALL, 0, ReadLevel.STRONG))
                    .hasSize(ROWS)
                    .isSorted();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NAME_GOES", "NARROWER", "ANOTHER_TYPE", "ANOTHER_KEY"})
    void endsWhereTheNewTablesCannotGiveIt(Change change) {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(cluster, 4, () -> inForce(cluster, router, change.table()));
            assertThatThrownBy(() -> namesAndMarks(router)).isInstanceOfSatisfying(DatabaseException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_CHANGED);
                assertThat(e.text())
                        .contains("in the middle of the scan", "StudT")
                        .contains(change == Change.ANOTHER_KEY ? "key" : "Stud_name");
            });
        }
    }

    @Test
    void endsWhenTheTableIsGone() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(
                    cluster,
                    4,
                    () -> inForce(cluster, router, Change.table("Other", "Stud_id Number", "Stud_name String")));
            assertThatThrownBy(() -> namesAndMarks(router)).isInstanceOfSatisfying(DatabaseException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_CHANGED);
                assertThat(e.text()).contains("table StudT", "not there any more");
            });
        }
    }

    /**
     * Shards have new tables before they are in force. The topology wakes who waits: no attempt is due for long then.
     */
    @Test
    void waitsUntilTheNewTablesAreInForce() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(cluster, 4, () -> cluster.define(2, Change.NEW_COLUMN.table()));
            CompletableFuture<List<Row>> rows = CompletableFuture.supplyAsync(() -> namesAndMarks(router));
            // One scan was ended, the second one was refused.
            Awaitility.await().until(() -> cluster.server(0).calls.get() >= 2);
            // Another copy is no reason to go on.
            router.topology().publish(cluster.topology(1, Set.of(0)));
            int calls = cluster.server(0).calls.get();
            router.topology().publish(cluster.topology(2));
            assertThat(rows.join()).isEqualTo(expected());
            assertThat(cluster.server(0).calls.get()).isEqualTo(calls + 1);
        }
    }

    @Test
    void endsWhenTheNewTablesDoNotComeIntoForceInTime() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, Duration.ofMillis(400))) {
            changeDuringAScan(cluster, 4, () -> cluster.define(2, Change.NEW_COLUMN.table()));
            assertThatThrownBy(() -> namesAndMarks(router)).isInstanceOfSatisfying(DatabaseException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SCHEMA_CHANGED);
                assertThat(e.text()).contains("in the middle of the scan", "version 1", "2");
            });
        }
    }

    /** The views were ended, and then the database refused the definition. */
    @Test
    void goesOnInTheSameTablesWhenTheChangeFails() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(cluster, 4, () -> {});
            assertThat(namesAndMarks(router)).isEqualTo(expected());
        }
    }

    @Test
    void endsWhenTheShardHasOtherPositionsToo() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterReads router = filled(cluster, PATIENCE)) {
            changeDuringAScan(cluster, 4, () -> {
                cluster.group(0).own(Interval.ofSize(0, 2048), 2);
                inForce(cluster, router, Change.NEW_COLUMN.table());
            });
            assertThatThrownBy(() -> namesAndMarks(router))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MOVED));
        }
    }

    /** More shards than run ahead: the last ones are opened after the change. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shardsThatAreOpenedLaterAreAskedInTheNewTables(int changes) {
        int shards = 9;
        try (FakeCluster cluster = FakeCluster.students(shards);
                RouterReads router = new RouterReads(cluster, PATIENCE)) {
            IntStream.range(0, shards)
                    .forEach(shard -> RouterReads.insert(cluster, cluster.topology(1), shard * 4096L));
            RangeRead read = router.read(KeyRange.ALL, 0, ReadLevel.STRONG, 1);
            AtomicInteger version = new AtomicInteger(1);
            List<Long> keys = router
                    .rows(read, row -> {
                        if (version.get() <= changes) {
                            int next = version.incrementAndGet();
                            cluster.define(next, Change.values()[next - 2].table());
                            router.topology().publish(cluster.topology(next));
                        }
                    })
                    .stream()
                    .map(row -> RouterReads.key(read, row))
                    .toList();
            assertThat(keys)
                    .isEqualTo(IntStream.range(0, shards)
                            .mapToObj(shard -> shard * 4096L)
                            .toList());
        }
    }

    @Test
    void mergedScansGoOnEach() {
        List<Interval> halves = List.of(new Interval(Long.MIN_VALUE, 0L), new Interval(0L, null));
        try (FakeCluster cluster = new FakeCluster(3, Strategy.HASH, FakeCluster.studentTable(), halves);
                RouterReads router = new RouterReads(cluster, PATIENCE)) {
            LongStream.range(0, 60).forEach(key -> RouterReads.insert(cluster, cluster.topology(1), key));
            for (int server = 0; server < 2; server++) {
                cluster.server(server).rowsInChunk.set(2);
                AtomicInteger scans = new AtomicInteger();
                cluster.server(server).scanBreak =
                        () -> scans.getAndIncrement() > 0 ? ScanBreak.NONE : new ScanBreak(7, ScanBreak.Kind.TABLES);
            }
            AtomicInteger given = new AtomicInteger();
            List<Long> keys = router
                    .rows(router.read(KeyRange.ALL, 0, ReadLevel.STRONG), row -> {
                        if (given.incrementAndGet() == 3) {
                            inForce(cluster, router, Change.OTHERS_BEFORE_IT.table());
                        }
                    })
                    .stream()
                    .map(row -> ((Value.Int64) row.get(0)).value())
                    .toList();
            assertThat(keys).isEqualTo(LongStream.range(0, 60).boxed().toList());
        }
    }
}
