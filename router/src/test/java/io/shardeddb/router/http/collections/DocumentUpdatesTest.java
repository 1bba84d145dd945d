package io.shardeddb.router.http.collections;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Updates, sorted finds and pipelines over HTTP, through two routers. */
class DocumentUpdatesTest {

    private static final FakeCluster CLUSTER = FakeCluster.documents("people", 4);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final RouterUnderTest OTHER = RouterUnderTest.before(CLUSTER);
    private static final String PEOPLE = "/v1/collections/people";

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        OTHER.close();
        CLUSTER.close();
    }

    private static String send(RouterUnderTest router, String path, String body, String... headers) {
        var answer = router.send("POST", PEOPLE + path, body, headers);
        return answer.statusCode() + " " + answer.body().replaceAll(",?\"timestamp\":[0-9]+", "");
    }

    private static String send(String path, String body, String... headers) {
        return send(ROUTER, path, body, headers);
    }

    private static void insert(String... documents) {
        for (String document : documents) {
            assertThat(send("", document)).startsWith("201 ");
        }
    }

    private static String read(String id) {
        return ROUTER.send("GET", PEOPLE + "/" + id, "").body();
    }

    private static String id(int number) {
        return "updates/" + number + "/" + System.currentTimeMillis();
    }

    @Test
    void oneDocumentIsChangedAndShown() {
        insert("{\"_id\":\"ada\",\"visits\":1}");
        assertThat(send("/update", "{\"filter\":{\"_id\":\"ada\"},\"update\":{\"$inc\":{\"visits\":2}}}"))
                .isEqualTo("200 {\"matched\":1,\"modified\":1}");
        assertThat(send(
                        "/update",
                        "{\"filter\":{\"visits\":3},\"update\":{\"$push\":{\"tags\":\"x\"}},\"return\":\"after\"}"))
                .isEqualTo("200 {\"matched\":1,\"modified\":1,"
                        + "\"document\":{\"_id\":\"ada\",\"tags\":[\"x\"],\"visits\":3}}");
        assertThat(send("/update", "{\"filter\":{\"_id\":\"ada\"},\"update\":{\"visits\":9},\"return\":\"before\"}"))
                .contains("\"tags\":[\"x\"]");
        assertThat(read("ada")).isEqualTo("{\"_id\":\"ada\",\"visits\":9}");
        assertThat(send("/update", "{\"filter\":{\"_id\":\"ada\"},\"update\":{\"$set\":{\"visits\":9}}}"))
                .isEqualTo("200 {\"matched\":1,\"modified\":0}");
        assertThat(send("/update", "{\"filter\":{\"_id\":\"bob\"},\"update\":{\"$set\":{\"visits\":9}}}"))
                .isEqualTo("200 {\"matched\":0,\"modified\":0}");
    }

    @Test
    void allThatMatchAreChanged() {
        insert("{\"_id\":1,\"a\":1}", "{\"_id\":2,\"a\":1}", "{\"_id\":3,\"a\":2}");
        assertThat(send("/update", "{\"filter\":{\"a\":1},\"update\":{\"$mul\":{\"a\":10}},\"many\":true}"))
                .isEqualTo("200 {\"matched\":2,\"modified\":2}");
        assertThat(send("/count", "{\"filter\":{\"a\":10}}")).isEqualTo("200 {\"count\":2}");
    }

    @Test
    void anUpsertInsertsWhatTheFilterAndTheUpdateSay() {
        String body = "{\"filter\":{\"_id\":7},\"update\":{\"$inc\":{\"n\":1},\"$setOnInsert\":{\"new\":true}},"
                + "\"upsert\":true}";
        assertThat(send("/update", body)).isEqualTo("200 {\"matched\":0,\"modified\":0,\"upsertedId\":7}");
        assertThat(send("/update", body)).isEqualTo("200 {\"matched\":1,\"modified\":1}");
        assertThat(read("7")).isEqualTo("{\"_id\":7,\"n\":2,\"new\":true}");
    }

    @Test
    void aRepeatCountsOnceThoughTheFilterMatchesNoMore() {
        insert("{\"_id\":1,\"seats\":1}");
        String body = "{\"filter\":{\"seats\":{\"$gt\":0}},\"update\":{\"$inc\":{\"seats\":-1}}}";
        String id = id(1);
        assertThat(send("/update", body, "Request-Id", id)).isEqualTo("200 {\"matched\":1,\"modified\":1}");
        assertThat(send(OTHER, "/update", body, "Request-Id", id))
                .isEqualTo("200 {\"matched\":1,\"modified\":1,\"repeated\":true}");
        assertThat(read("1")).isEqualTo("{\"_id\":1,\"seats\":0}");
    }

    @Test
    void aRepeatedUpsertInsertsOnce() {
        String body = "{\"filter\":{\"name\":\"x\"},\"update\":{\"$inc\":{\"n\":1}},\"upsert\":true}";
        String id = id(2);
        String first = send("/update", body, "Request-Id", id);
        assertThat(first).contains("\"upsertedId\":");
        assertThat(send("/count", "{}")).isEqualTo("200 {\"count\":1}");
        assertThat(send(OTHER, "/update", body, "Request-Id", id)).contains("\"repeated\":true");
        assertThat(send("/find", "{}")).contains("\"n\":1");
        assertThat(send("/count", "{}")).isEqualTo("200 {\"count\":1}");
    }

    @Test
    void manyWritersOfOneDocumentLoseNothing() {
        insert("{\"_id\":1,\"n\":0}");
        int writers = 8;
        int each = 10;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                RouterUnderTest router = w % 2 == 0 ? ROUTER : OTHER;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < each; i++) {
                                assertThat(send(
                                                router,
                                                "/update",
                                                "{\"filter\":{\"_id\":1},\"update\":{\"$inc\":{\"n\":1}}}"))
                                        .isEqualTo("200 {\"matched\":1,\"modified\":1}");
                            }
                        },
                        threads));
            }
            all.forEach(CompletableFuture::join);
        }
        assertThat(read("1")).isEqualTo("{\"_id\":1,\"n\":" + writers * each + "}");
    }

    @Test
    void findsInAnyOrderPageByPage() {
        for (int i = 0; i < 23; i++) {
            insert("{\"_id\":" + i + ",\"a\":" + i * 7 % 23 + ",\"b\":" + i % 2 + "}");
        }
        List<Integer> seen = new ArrayList<>();
        String cursor = "";
        do {
            String answer = send(
                    seen.size() % 2 == 0 ? ROUTER : OTHER,
                    "/find",
                    "{\"sort\":{\"b\":-1,\"a\":1},\"projection\":{\"_id\":0,\"a\":1},\"limit\":5" + cursor + "}");
            Matcher values = Pattern.compile("\\{\"a\":([0-9]+)}").matcher(answer);
            while (values.find()) {
                seen.add(Integer.valueOf(values.group(1)));
            }
            Matcher next = Pattern.compile("\"cursor\":\"([^\"]+)\"").matcher(answer);
            cursor = next.find() ? ",\"cursor\":\"" + next.group(1) + "\"" : "";
        } while (!cursor.isEmpty());
        assertThat(seen).hasSize(23).doesNotHaveDuplicates();
        assertThat(seen.subList(0, 11)).isSorted();
        assertThat(seen.subList(11, 23)).isSorted();
    }

    @Test
    void aPipelineGroupsWhatMatches() {
        insert(
                "{\"_id\":1,\"city\":\"x\",\"n\":1}",
                "{\"_id\":2,\"city\":\"y\",\"n\":2}",
                "{\"_id\":3,\"city\":\"x\",\"n\":3}",
                "{\"_id\":4,\"n\":100}");
        assertThat(send(
                        "/aggregate",
                        "{\"pipeline\":[{\"$match\":{\"city\":{\"$exists\":true}}},"
                                + "{\"$group\":{\"_id\":\"$city\",\"sum\":{\"$sum\":\"$n\"}}},"
                                + "{\"$sort\":{\"sum\":-1}}]}"))
                .isEqualTo("200 {\"documents\":[{\"_id\":\"x\",\"sum\":4},{\"_id\":\"y\",\"sum\":2}],\"count\":2,"
                        + "\"complete\":true}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            /update | {} | 400 | MALFORMED_REQUEST
            /update | {"update":{"$no":{"a":1}}} | 400 | INVALID_UPDATE
            /update | {"update":{"$inc":{"a":"x"}}} | 400 | INVALID_UPDATE
            /update | {"update":{"a":1},"many":true} | 400 | INVALID_UPDATE
            /update | {"update":{"$inc":{"text":1}}} | 409 | UPDATE_FAILED
            /update | {"update":{"$set":{"text.a":1}}} | 409 | UPDATE_FAILED
            /update | {"update":{"$set":{"_id":9}}} | 409 | UPDATE_FAILED
            /update | {"update":{"$set":{"a":1}},"many":true,"return":"after"} | 400 | MALFORMED_REQUEST
            /find | {"sort":{"a":2}} | 400 | INVALID_SORT
            /find | {"projection":{"a":1,"b":0}} | 400 | INVALID_PROJECTION
            /aggregate | {} | 400 | MALFORMED_REQUEST
            /aggregate | {"pipeline":[{"$no":1}]} | 400 | INVALID_PIPELINE
            """)
    void whatIsWrongIsRefusedAndChangesNothing(String path, String body, int status, String code) {
        insert("{\"_id\":1,\"text\":\"t\"}");
        assertThat(send(path, body)).startsWith(status + " ").contains("\"code\":\"" + code + "\"");
        assertThat(read("1")).isEqualTo("{\"_id\":1,\"text\":\"t\"}");
    }
}
