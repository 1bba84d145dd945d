package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.fake.FakeServer.ScanBreak;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While tables change, shards and routers have them one after the other: requests wait for that, and none fails. */
class SchemaStepsTest {

    private static final int SHARDS = 5;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FakeCluster CLUSTER = FakeCluster.students(SHARDS);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER, Duration.ofSeconds(3));

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
        ROUTER.topology().publish(CLUSTER.topology(1));
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    enum Request {
        WRITE,
        WRITE_OVER_SHARDS,
        KEY,
        PAGE,
        STREAM;

        private HttpResponse<String> send() {
            return switch (this) {
                case WRITE -> ROUTER.send("PUT", "/v1/tables/StudT/rows/1", "{\"Stud_name\":\"a\",\"Stud_marks\":1}");
                case WRITE_OVER_SHARDS ->
                    ROUTER.send("POST", "/write", "{\"data\":[{\"Stud_id\":1},{\"Stud_id\":5000}]}");
                case KEY -> ROUTER.send("GET", "/v1/tables/StudT/rows/1", "");
                case PAGE -> ROUTER.send("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":99999}}");
                case STREAM -> ROUTER.send("GET", "/v1/tables/StudT/rows?limit=5000", "");
            };
        }

        CompletableFuture<HttpResponse<String>> begin() {
            return CompletableFuture.supplyAsync(this::send);
        }
    }

    private static void versionOfAll(long version) {
        IntStream.range(0, SHARDS).forEach(i -> CLUSTER.group(i).schemaVersion(version));
    }

    private static int calls() {
        return IntStream.range(0, 3)
                .map(server -> CLUSTER.server(server).calls.get())
                .sum();
    }

    private static void insertRowOne() {
        assertThat(Request.WRITE.begin().join().statusCode()).isEqualTo(200);
        IntStream.range(0, 3).forEach(server -> CLUSTER.server(server).calls.set(0));
    }

    /** A newer topology would not come: the router has it already. */
    @ParameterizedTest
    @EnumSource
    void aShardThatIsBehindIsAskedUntilItHasTheTables(Request request) {
        insertRowOne();
        ROUTER.topology().publish(CLUSTER.topology(2));
        CompletableFuture<HttpResponse<String>> waiting = request.begin();
        Awaitility.await().until(() -> calls() > 2);
        assertThat(waiting).isNotDone();
        versionOfAll(2);
        assertThat(waiting.join().statusCode()).as(waiting.join().body()).isEqualTo(200);
    }

    /**
     * More than one step, and topologies that are newer in other respects, may come before it has what the shard has.
     */
    @ParameterizedTest
    @EnumSource
    void aRouterThatIsBehindPlansAnewUntilItHasTheTables(Request request) {
        insertRowOne();
        versionOfAll(2);
        CompletableFuture<HttpResponse<String>> waiting = request.begin();
        Awaitility.await().until(() -> calls() > 0);
        ROUTER.topology().publish(CLUSTER.topology(1, Set.of(3)));
        versionOfAll(3);
        int calls = calls();
        ROUTER.topology().publish(CLUSTER.topology(2));
        Awaitility.await().until(() -> calls() > calls);
        ROUTER.topology().publish(CLUSTER.topology(3));
        assertThat(waiting.join().statusCode()).as(waiting.join().body()).isEqualTo(200);
    }

    /**
     * As a router that starts after a restore of Kubernetes: the catalog that it reads is of an earlier time than the
     * shards, and no later one comes. An error says why, and nothing is answered or written in those tables.
     */
    @Test
    void aRouterWithTablesOfAnEarlierTimeAnswersNothingInThem() {
        insertRowOne();
        long written = CLUSTER.group(0).runs();
        versionOfAll(2);
        Map<Request, CompletableFuture<HttpResponse<String>>> all = new EnumMap<>(Request.class);
        for (Request request : Request.values()) {
            all.put(request, request.begin());
        }
        all.forEach((request, answer) -> {
            assertThat(answer.join().statusCode()).as("%s", request).isEqualTo(503);
            assertThat(answer.join().body())
                    .as("%s", request)
                    .contains("SCHEMA_CHANGED")
                    .doesNotContain("Stud_marks\":1");
        });
        assertThat(CLUSTER.group(0).runs()).isEqualTo(written);
    }

    /** Nothing is done until all shards can do it. */
    @Test
    void aWriteOfWhichOneShardIsAheadIsCompletedWithTheNewerTables() {
        CLUSTER.group(1).schemaVersion(2);
        CompletableFuture<HttpResponse<String>> waiting = Request.WRITE_OVER_SHARDS.begin();
        Awaitility.await().until(() -> CLUSTER.server(1).calls.get() > 0);
        assertThat(CLUSTER.group(0).runs()).isZero();
        CLUSTER.group(0).schemaVersion(2);
        ROUTER.topology().publish(CLUSTER.topology(2));
        HttpResponse<String> answer = waiting.join();
        assertThat(answer.body()).contains("2 Data entries added");
        assertThat(CLUSTER.group(0).runs()).isEqualTo(1);
        assertThat(CLUSTER.group(1).runs()).isEqualTo(1);
    }

    /** The topology wakes who waits; nothing is asked again and again meanwhile. */
    @Test
    void aWriterThatWaitsForTablesSendsNothingUntilTheyAreInForce() {
        versionOfAll(2);
        CompletableFuture<HttpResponse<String>> waiting = Request.WRITE.begin();
        Awaitility.await().until(() -> CLUSTER.server(0).calls.get() == 1);
        ROUTER.topology().publish(CLUSTER.topology(1, Set.of(3)));
        ROUTER.topology().publish(CLUSTER.topology(2));
        assertThat(waiting.join().statusCode()).as(waiting.join().body()).isEqualTo(200);
        assertThat(CLUSTER.server(0).calls.get()).isEqualTo(2);
    }

    private static void insert(int... keys) {
        for (int key : keys) {
            assertThat(ROUTER.send("PUT", "/v1/tables/StudT/rows/" + key, "{\"Stud_name\":\"a\",\"Stud_marks\":1}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static void addAColumn() {
        List<ColumnDefinition> columns =
                new ArrayList<>(FakeCluster.studentTable().columns());
        columns.add(new ColumnDefinition("note", ColumnType.parse("VARCHAR(40)"), true));
        CLUSTER.define(2, new TableDefinition("StudT", columns, List.of("Stud_id"), "Stud_id"));
        ROUTER.topology().publish(CLUSTER.topology(2));
    }

    private static String row(int key, String more) {
        return "{\"Stud_id\":" + key + ",\"Stud_name\":\"a\",\"Stud_marks\":1" + more + "}";
    }

    private static String rows(String more) {
        return "{\"rows\":[" + row(1, more) + "," + row(2, more) + "," + row(3, more)
                + "],\"count\":3,\"complete\":true}";
    }

    /**
     * All rows of an answer have the same columns: the three it began with, or the four of after the change when
     * nothing was sent before. The next answer has four.
     */
    @Test
    void aStreamHasOneShape() {
        insert(1, 2, 3, 5000);
        CLUSTER.server(0).rowsInChunk.set(1);
        AtomicInteger scans = new AtomicInteger();
        CLUSTER.server(0).scanBreak = () -> {
            if (scans.getAndIncrement() > 0) {
                return ScanBreak.NONE;
            }
            addAColumn();
            return new ScanBreak(2, ScanBreak.Kind.TABLES);
        };
        // Shards that are asked before the change and shards that are asked after it would be of two versions at the
        // beginning.
        HttpResponse<String> crossed = ROUTER.send("GET", "/v1/tables/StudT/rows?limit=5000&to=4096", "");
        // The change may end the view before the shards have a common moment, or after.
        assertThat(crossed.body().replace("\"severalMoments\":true,", "")).isIn(rows(""), rows(",\"note\":null"));
        HttpResponse<String> next = ROUTER.send("GET", "/v1/tables/StudT/rows?limit=5000", "");
        assertThat(next.body()).contains(row(1, ",\"note\":null"), row(5000, ",\"note\":null"), "\"count\":4");
    }

    /** A continuation holds a key, and keys do not change. */
    @Test
    void pagesGoOnOverAChange() throws IOException {
        insert(1, 2, 3, 5000);
        JsonNode first = JSON.readTree(
                ROUTER.send("GET", "/v1/tables/StudT/rows?limit=2", "").body());
        addAColumn();
        String continuation = first.path("continuation").asText();
        HttpResponse<String> rest =
                ROUTER.send("GET", "/v1/tables/StudT/rows?limit=2&continuation=" + continuation, "");
        assertThat(first.path("rows")).hasSize(2);
        assertThat(rest.body())
                .isEqualTo("{\"rows\":[" + row(3, ",\"note\":null") + "," + row(5000, ",\"note\":null")
                        + "],\"count\":2,\"complete\":true}");
    }
}
