package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.read.RowReads;
import io.shardeddb.server.store.sql.KeyRange;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows come back by key and by range, with the state of the view that shows them. */
class ReadIT {

    private static final TableDefinition MARKS =
            StoreFixture.table("Marks", List.of("student", "course"), "student Number", "course String", "marks INT?");
    private static final DatabaseSchema SCHEMA =
            new DatabaseSchema(3, Strategy.RANGE, List.of(StoreFixture.STUDENTS, MARKS));

    @TempDir
    static Path directory;

    static MariaDbServer server;
    static MySqlStoreFactory factory;
    static ReplicaStore store;
    static Entries log;
    static String group;

    @BeforeAll
    static void start() throws Exception {
        server = MariaDbServer.start(directory);
        factory = StoreFixture.factory(server);
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(SCHEMA);
        store.apply(log.beginning());
        List<CommittedEntry> entries = new ArrayList<>();
        for (int i = 0; i < 3000; i += 100) {
            int from = i;
            entries.add(log.write(log.request(IntStream.range(from, from + 100)
                    .mapToObj(id ->
                            log.row(OperationKind.INSERT, "StudT", number(id), text("name " + id), number(id % 100)))
                    .toArray(RowOperation[]::new))));
        }
        List<RowOperation> marks = new ArrayList<>();
        for (int student = 0; student < 5; student++) {
            for (String course : List.of("a", "b", "c")) {
                marks.add(log.insert("Marks", number(student), text(course), number(10L * student)));
            }
        }
        entries.add(log.write(log.request(marks.toArray(RowOperation[]::new))));
        store.apply(entries);
    }

    @AfterAll
    static void stop() {
        factory.close();
        server.close();
    }

    private static List<Long> ids(ReadReply reply) {
        assertThat(reply.getError().getMessage()).isEmpty();
        return Entries.rows(reply.getRowsList()).stream()
                .map(row -> ((Value.Int64) row.get(0)).value())
                .toList();
    }

    @Test
    void readsKeysInTheOrderAsked() throws Exception {
        ReadReply reply = store.read(
                log.keys("StudT", Row.of(number(7)), Row.of(number(9999)), Row.of(number(3)), Row.of(number(7))));

        assertThat(ids(reply)).containsExactly(7L, 3L, 7L);
        assertThat(reply.getIndex()).isEqualTo(log.index());
        assertThat(reply.getEpoch()).isEqualTo(1);
        assertThat(reply.hasInterval()).isTrue();
    }

    @Test
    void readsKeysOfManyRequestsInOneViewAndRefusesEachForItself() throws Exception {
        ReadRequest marks = log.keys("Marks", Row.of(number(2), text("b")), Row.of(number(2), text("z")));
        List<ReadRequest> requests = new ArrayList<>(List.of(
                log.keys("StudT", Row.of(number(7))),
                log.keys("Nowhere", Row.of(number(7))),
                marks,
                log.keys("StudT", Row.of(number(9999))),
                log.keys("StudT", Row.of(number(7)), Row.of(number(3))),
                log.keys("StudT", Row.of(number(3))).toBuilder()
                        .addColumns(0)
                        .setWithTimestamps(true)
                        .build(),
                log.keys("StudT", Row.of(number(3))).toBuilder()
                        .setSchemaVersion(99)
                        .build(),
                log.keys("StudT")));
        for (int i = 0; i < 500; i++) {
            requests.add(log.keys("StudT", Row.of(number(i))));
        }
        requests.add(log.keys(
                "StudT",
                LongStream.range(0, 600).mapToObj(id -> Row.of(number(id))).toArray(Row[]::new)));

        List<ReadReply> replies = store.readKeys(requests);

        assertThat(replies).hasSameSizeAs(requests);
        assertThat(ids(replies.get(0))).containsExactly(7L);
        assertThat(replies.get(1).getError().getCode()).isEqualTo(ErrorCode.UNKNOWN_TABLE.name());
        assertThat(ids(replies.get(2))).containsExactly(2L);
        assertThat(ids(replies.get(3))).isEmpty();
        assertThat(ids(replies.get(4))).containsExactly(7L, 3L);
        assertThat(ids(replies.get(5))).containsExactly(3L);
        assertThat(replies.get(5).getTimestampsCount()).isEqualTo(1);
        assertThat(replies.get(6).getError().getCode()).isEqualTo(ErrorCode.SCHEMA_CHANGED.name());
        assertThat(ids(replies.get(7))).isEmpty();
        for (int i = 0; i < 500; i++) {
            assertThat(ids(replies.get(8 + i))).containsExactly((long) i);
        }
        assertThat(ids(replies.getLast())).hasSize(600).isSorted();
        assertThat(replies)
                .filteredOn(reply -> !reply.hasError())
                .allSatisfy(reply -> assertThat(reply.getIndex()).isEqualTo(log.index()));
    }

    @Test
    void searchesAnIndexForAnyNumberOfKeys() throws Exception {
        SqlText sql = new SqlText("s_" + group);
        String many = new TableSql(sql, StoreFixture.STUDENTS).selectByKeys(List.of(0, 1, 2), 8);
        for (int i = 0; i < 8; i++) {
            many = many.replaceFirst("\\?", Integer.toString(100 * i));
        }
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN FORMAT=TRADITIONAL " + many)) {
            while (plan.next()) {
                assertThat(plan.getString("key")).isEqualTo("PRIMARY");
                assertThat(plan.getString("type")).isNotEqualTo("index").isNotEqualTo("ALL");
            }
        }
    }

    @Test
    void readsNoRowForAKeyThatIsNotThere() throws Exception {
        ReadReply reply = store.read(log.keys("StudT", Row.of(number(9999))));

        assertThat(reply.getRowsCount()).isZero();
        assertThat(reply.getIndex()).isEqualTo(log.index());
    }

    @Test
    void readsThousandsOfKeysInOneView() throws Exception {
        Row[] keys =
                LongStream.range(0, 3000).mapToObj(id -> Row.of(number(id))).toArray(Row[]::new);

        assertThat(ids(store.read(log.keys("StudT", keys)))).hasSize(3000).isSorted();
    }

    @Test
    void readsColumnsAndTimestamps() throws Exception {
        ReadRequest request = log.keys("StudT", Row.of(number(5))).toBuilder()
                .addColumns(2)
                .addColumns(1)
                .setWithTimestamps(true)
                .build();

        ReadReply reply = store.read(request);

        assertThat(Entries.rows(reply.getRowsList())).containsExactly(Row.of(number(5), text("name 5")));
        assertThat(reply.getTimestampsList())
                .hasSize(1)
                .allSatisfy(timestamp -> assertThat(timestamp).isGreaterThan(Entries.START << 16));
    }

    @Test
    void readsPagesOfARange() throws Exception {
        ReadReply page = store.read(log.range("StudT", Row.of(number(10)), Row.of(number(20)), 4));

        assertThat(ids(page)).containsExactly(10L, 11L, 12L, 13L);
        assertThat(page.getMore()).isTrue();
        ReadReply end = store.read(log.range("StudT", Row.of(number(17)), Row.of(number(20)), 4));
        assertThat(ids(end)).containsExactly(17L, 18L, 19L, 20L);
        assertThat(end.getMore()).isFalse();
        assertThat(ids(store.read(log.range("StudT", null, null, 0)))).hasSize(RowReads.PAGE_ROWS);
    }

    @Test
    void readsExclusiveAndDescendingRanges() throws Exception {
        ReadRequest request = log.range("StudT", Row.of(number(10)), Row.of(number(20)), 3);
        ReadRequest changed = request.toBuilder()
                .setRange(request.getRange().toBuilder()
                        .setFromExclusive(true)
                        .setToExclusive(true)
                        .setDescending(true))
                .build();

        assertThat(ids(store.read(changed))).containsExactly(19L, 18L, 17L);
    }

    @Test
    void readsRangesByAPrefixOfTheKey() throws Exception {
        ReadReply reply = store.read(log.range("Marks", Row.of(number(1), text("b")), Row.of(number(3)), 0));

        assertThat(Entries.rows(reply.getRowsList()))
                .extracting(row -> row.get(0), row -> row.get(1))
                .containsExactly(
                        tuple(number(1), text("b")),
                        tuple(number(1), text("c")),
                        tuple(number(2), text("a")),
                        tuple(number(2), text("b")),
                        tuple(number(2), text("c")),
                        tuple(number(3), text("a")),
                        tuple(number(3), text("b")),
                        tuple(number(3), text("c")));
    }

    @Test
    void scansEverythingInKeyOrder() throws Exception {
        List<Long> seen = new ArrayList<>();

        ScanEnd end = store.scan(log.range("StudT", null, null, 0), chunk -> {
            Entries.rows(chunk.getRowsList()).forEach(row -> seen.add(((Value.Int64) row.get(0)).value()));
            return true;
        });

        assertThat(end.getRows()).isEqualTo(3000);
        assertThat(end.getIndex()).isEqualTo(log.index());
        assertThat(seen).hasSize(3000).isSorted();
    }

    @Test
    void theFirstChunkOfAScanSaysWhichPositionsItsGroupOwns() throws Exception {
        List<ScanChunk> chunks = new ArrayList<>();

        ScanEnd end = store.scan(log.range("StudT", null, null, 0), chunks::add);

        assertThat(end.hasInterval()).isTrue();
        assertThat(chunks).isNotEmpty();
        assertThat(chunks.getFirst().getEpoch()).isEqualTo(end.getEpoch()).isPositive();
        assertThat(chunks.getFirst().getInterval()).isEqualTo(end.getInterval());
        assertThat(chunks.getFirst().getIndex()).isEqualTo(end.getIndex());
        ScanEnd empty = store.scan(log.range("StudT", Row.of(number(5000)), null, 0), chunk -> true);
        assertThat(empty.getRows()).isZero();
        assertThat(empty.getInterval()).isEqualTo(end.getInterval());
        assertThat(empty.getEpoch()).isEqualTo(end.getEpoch());
    }

    @Test
    void scansUpToALimitAndDownwards() throws Exception {
        ReadRequest request = log.range("StudT", null, null, 0).toBuilder()
                .setRange(RangeSelection.newBuilder().setDescending(true).setLimit(150))
                .build();
        List<Row> seen = new ArrayList<>();

        ScanEnd end = store.scan(request, chunk -> seen.addAll(Entries.rows(chunk.getRowsList())));

        assertThat(end.getRows()).isEqualTo(150);
        assertThat(seen.getFirst().get(0)).isEqualTo(number(2999));
        assertThat(seen.getLast().get(0)).isEqualTo(number(2850));
    }

    @Test
    void refusesWhatTheSchemaDoesNotHave() throws Exception {
        ReadRequest good = log.keys("StudT", Row.of(number(1)));

        assertThat(store.read(good.toBuilder().setTable("Nope").build())
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.UNKNOWN_TABLE.name());
        assertThat(store.read(good.toBuilder().setSchemaVersion(2).build())
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.SCHEMA_CHANGED.name());
        assertThat(store.read(good.toBuilder().addColumns(3).build()).getError().getCode())
                .isEqualTo(ErrorCode.UNKNOWN_COLUMN.name());
        assertThat(store.read(log.keys("StudT", Row.of(number(1), number(2))))
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.MALFORMED_REQUEST.name());
        assertThat(store.read(log.range("StudT", null, null, 0).toBuilder()
                                .setEpoch(9)
                                .build())
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.MOVED.name());
    }

    @Test
    void findsRowsByTheIndexAndWithoutSorting() throws Exception {
        SqlText text = new SqlText(SqlText.SCHEMA_PREFIX + group);
        TableSql students = new TableSql(text, StoreFixture.STUDENTS);
        TableSql marks = new TableSql(text, MARKS);
        List<String> statements = List.of(
                students.selectByKeys(List.of(0, 1), 1).replace("?", "5"),
                students.selectByKeys(List.of(0, 1), 2).replace("?", "5"),
                students.selectPage(List.of(0, 1), new KeyRange(1, false, 1, false, false))
                        .replace("?", "5"),
                students.scanPage(List.of(0, 1), new KeyRange(1, true, 0, false, false))
                        .replace("?", "5"),
                students.scanPage(List.of(0, 1), new KeyRange(0, false, 1, true, true))
                        .replace("?", "5"),
                marks.scanPage(List.of(0, 1), new KeyRange(2, true, 0, false, false))
                        .replace("?", "3"));
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                try (ResultSet plan = statement.executeQuery("EXPLAIN FORMAT=TRADITIONAL " + sql)) {
                    while (plan.next()) {
                        String extra = String.valueOf(plan.getString("Extra"));
                        assertThat(plan.getString("type")).as("%s", sql).isNotEqualTo("ALL");
                        assertThat(extra)
                                .as("%s", sql)
                                .doesNotContain("filesort")
                                .doesNotContain("temporary");
                    }
                }
            }
        }
    }

    @Test
    void encodesAsTheCodecDoes() throws Exception {
        ReadReply reply = store.read(log.keys("StudT", Row.of(number(12))));

        assertThat(reply.getRows(0)).isEqualTo(RowCodec.encode(Row.of(number(12), text("name 12"), number(12))));
    }
}
