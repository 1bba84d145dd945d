package io.shardeddb.router.http.keyvalue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and values as clients send them; the shards' time is the test's. */
class KeyValueEndpointsTest {

    private static final int SHARDS = 4;
    private static final FakeCluster CLUSTER = FakeCluster.keyValues("courses", SHARDS);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final String SPACE = "/v1/kv/courses";
    private static final String KEY = SPACE + "/user/7";

    private final AtomicLong millis = new AtomicLong(System.currentTimeMillis());

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
        for (int i = 0; i < SHARDS; i++) {
            CLUSTER.group(i).time(() -> Instant.ofEpochMilli(millis.get()));
        }
        // The router must not go on with the time that the test before had.
        for (int i = 0; i < 40; i++) {
            ROUTER.send("GET", SPACE + "/learn" + i, "");
        }
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers) {
        return ROUTER.send(method, path, body, headers);
    }

    private static String text(String method, String path, String body, String... headers) {
        HttpResponse<String> answer = send(method, path, body, headers);
        return answer.statusCode() + " " + answer.body();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private long rows() {
        long rows = 0;
        for (int i = 0; i < SHARDS; i++) {
            rows += CLUSTER.group(i).size();
        }
        return rows;
    }

    @Test
    void aValueComesBackAsItWasPut() {
        HttpResponse<String> put = send("PUT", KEY, "hello", "Content-Type", "text/x-mine; a=b");
        assertThat(put.statusCode()).isEqualTo(201);
        assertThat(put.body()).contains("\"created\":true");
        HttpResponse<String> got = send("GET", KEY, "");
        assertThat(got.body()).isEqualTo("hello");
        assertThat(header(got, "Content-Type")).isEqualTo("text/x-mine; a=b");
        assertThat(header(got, "ETag")).isEqualTo(header(put, "ETag")).isNotEmpty();
        assertThat(header(got, "Session-Token")).isNotEmpty();
        HttpResponse<String> head = send("HEAD", KEY, "");
        assertThat(header(head, "Content-Length")).isEqualTo("5");
        assertThat(send("GET", KEY, "", "If-None-Match", header(got, "ETag")).statusCode())
                .isEqualTo(304);
        assertThat(text("PUT", KEY, "")).startsWith("200 {\"created\":false");
        assertThat(text("GET", KEY, "")).isEqualTo("200 ");
        assertThat(text("DELETE", KEY, "")).startsWith("200 ");
        assertThat(text("DELETE", KEY, "")).startsWith("404 ").contains("KEY_NOT_FOUND");
        assertThat(text("GET", KEY, "")).startsWith("404 ").contains("KEY_NOT_FOUND");
    }

    @Test
    void aWriteMayDependOnWhatIsThere() {
        assertThat(text("PUT", KEY, "1", "If-Match", "*")).startsWith("412 ");
        HttpResponse<String> made = send("PUT", KEY, "1", "If-None-Match", "*");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(text("PUT", KEY, "2", "If-None-Match", "*")).startsWith("412 ");
        assertThat(text("PUT", KEY, "2", "If-Match", header(made, "ETag"))).startsWith("200 ");
        assertThat(text("PUT", KEY, "3", "If-Match", header(made, "ETag"))).startsWith("412 ");
        assertThat(text("DELETE", KEY, "", "If-Match", header(made, "ETag"))).startsWith("412 ");
        assertThat(text("GET", KEY, "")).isEqualTo("200 2");
        assertThat(text("DELETE", KEY, "", "If-Match", "*")).startsWith("200 ");
    }

    @Test
    void aRepeatUnderOneIdIsDoneOnce() {
        String id = "me/1/" + millis.get();
        String first = text("PUT", KEY, "1", "If-None-Match", "*", "Request-Id", id);
        assertThat(first).startsWith("201 ");
        assertThat(text("PUT", KEY, "1", "If-None-Match", "*", "Request-Id", id))
                .isEqualTo(first);
        assertThat(text("PUT", KEY, "2", "If-None-Match", "*", "Request-Id", id))
                .contains("REQUEST_CHANGED");
        assertThat(text("GET", KEY, "")).isEqualTo("200 1");
    }

    @Test
    void aKeyThatHasExpiredIsAbsentAtOnce() {
        HttpResponse<String> put = send("PUT", KEY + "?ttlSeconds=60", "1");
        long expires = Long.parseLong(header(put, "Expires-Millis"));
        // The router has gone on with its own clock since it heard of the shard's.
        assertThat(expires).isBetween(millis.get() + 60_000, millis.get() + 90_000);
        assertThat(header(send("GET", KEY, ""), "Expires-Millis")).isEqualTo(Long.toString(expires));
        millis.set(expires - 1);
        assertThat(text("GET", KEY, "")).isEqualTo("200 1");
        millis.set(expires);
        long before = rows();
        assertThat(text("GET", KEY, "")).startsWith("404 ");
        assertThat(rows()).as("the read has removed it").isEqualTo(before - 1);
        assertThat(text("PUT", KEY, "2", "If-None-Match", "*")).startsWith("201 ");
    }

    @Test
    void everyWriteTreatsAnExpiredKeyAsAbsent() {
        String[] writes = {
            "PUT||200x", "PUT|If-None-Match|201", "PUT|If-Match|412", "DELETE||404", "DELETE|If-Match|412"
        };
        for (String each : writes) {
            String[] parts = each.split("\\|", -1);
            millis.set(Long.parseLong(header(send("PUT", KEY + "?ttlSeconds=1", "old"), "Expires-Millis")));
            HttpResponse<String> answer =
                    parts[1].isEmpty() ? send(parts[0], KEY, "new") : send(parts[0], KEY, "new", parts[1], "*");
            String expected = parts[2].equals("200x") ? "201" : parts[2];
            assertThat(Integer.toString(answer.statusCode())).as(each).isEqualTo(expected);
            assertThat(send("GET", KEY, "").body()).as(each).isNotEqualTo("old");
            send("DELETE", KEY, "");
        }
    }

    @Test
    void aCounterCountsEachRequestOnce() {
        String path = SPACE + "/hits/increment";
        assertThat(text("POST", path, "")).startsWith("200 {\"value\":1,");
        assertThat(text("POST", path, "{\"by\":4}")).startsWith("200 {\"value\":5,");
        String id = "me/2/" + millis.get();
        String first = text("POST", path, "{\"by\":2}", "Request-Id", id);
        assertThat(first).startsWith("200 {\"value\":7,");
        assertThat(text("POST", path, "")).startsWith("200 {\"value\":8,");
        assertThat(text("POST", path, "{\"by\":2}", "Request-Id", id)).isEqualTo(first);
        assertThat(text("GET", SPACE + "/hits", "")).isEqualTo("200 8");
        assertThat(text("POST", path, "{\"by\":1,\"max\":8}"))
                .startsWith("409 ")
                .contains("OUT_OF_BOUNDS");
        send("PUT", KEY, "x");
        assertThat(text("POST", KEY + "/increment", "")).startsWith("409 ").contains("NOT_A_COUNTER");
        assertThat(text("POST", KEY + "/increment", "", "Request-Id", "me/3/" + millis.get()))
                .contains("NOT_A_COUNTER");
    }

    @Test
    void aRepeatOfTheIncrementThatMadeACounterCountsOnce() {
        String path = SPACE + "/new/increment";
        String id = "me/4/" + millis.get();
        String first = text("POST", path, "{\"initial\":10}", "Request-Id", id);
        assertThat(first).startsWith("200 {\"value\":11,");
        text("POST", path, "");
        assertThat(text("POST", path, "{\"initial\":10}", "Request-Id", id)).isEqualTo(first);
        send("DELETE", SPACE + "/new", "");
        assertThat(text("POST", path, "{\"initial\":10}", "Request-Id", id)).isEqualTo(first);
        assertThat(text("GET", SPACE + "/new", "")).startsWith("404 ");
    }

    @Test
    void aCounterThatHasExpiredBeginsAnew() {
        String path = SPACE + "/limited/increment";
        String body = "{\"ttlSeconds\":10}";
        assertThat(text("POST", path, body)).startsWith("200 {\"value\":1,");
        HttpResponse<String> second = send("POST", path, "");
        assertThat(second.body()).startsWith("{\"value\":2,");
        millis.set(Long.parseLong(header(second, "Expires-Millis")));
        assertThat(text("POST", path, body)).startsWith("200 {\"value\":1,");
    }

    @Test
    void thirtyTwoClientsLoseNoIncrement() {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 32; i++) {
                clients.execute(() -> assertThat(
                                send("POST", SPACE + "/all/increment", "").statusCode())
                        .isEqualTo(200));
            }
        }
        assertThat(text("GET", SPACE + "/all", "")).isEqualTo("200 32");
    }

    @Test
    void keysComeInOrderOverAllShards() {
        for (String key : List.of("b/2", "a", "b/1", "c", "b/3", "b")) {
            send("PUT", SPACE + "/" + key, "v-" + key, "Content-Type", "text/plain");
        }
        HttpResponse<String> expiring = send("PUT", SPACE + "/b/0?ttlSeconds=1", "gone");
        millis.set(Long.parseLong(header(expiring, "Expires-Millis")));
        String first = send("GET", SPACE + "?prefix=b/&limit=2", "").body();
        assertThat(first)
                .contains("\"key\":\"b/1\",\"value\":\"v-b/1\"")
                .contains("b/2")
                .doesNotContain("b/0");
        String continuation = first.replaceAll(".*\"continuation\":\"([^\"]*)\".*", "$1");
        String second = send("GET", SPACE + "?prefix=b/&limit=2&continuation=" + continuation, "")
                .body();
        assertThat(second).contains("b/3").contains("\"count\":1").doesNotContain("continuation");
        assertThat(send("GET", SPACE + "?from=b&to=b/2&values=false", "").body())
                .contains("\"count\":3")
                .doesNotContain("value");
        assertThat(rows()).isEqualTo(6);
        assertThat(text("GET", SPACE + "?limit=0", "")).startsWith("400 ");
    }

    @Test
    void severalKeysAreReadAndWrittenTogether() {
        String entries =
                "{\"entries\":[{\"key\":\"a\",\"value\":\"1\"},{\"keyBase64\":\"/w==\",\"valueBase64\":\"/g==\"},"
                        + "{\"key\":\"n\",\"number\":7,\"ttlSeconds\":60,\"if\":{\"absent\":true}}]}";
        assertThat(text("POST", SPACE + "/put", entries)).startsWith("200 {\"stored\":3");
        assertThat(text("POST", SPACE + "/put", entries)).startsWith("412 ");
        assertThat(text("POST", SPACE + "/get", "{\"keys\":[\"n\",{\"keyBase64\":\"/w==\"},\"none\"]}"))
                .contains("\"number\":7")
                .contains("\"valueBase64\":\"/g==\"")
                .contains("null");
        assertThat(text("GET", SPACE + "/%FF", "")).startsWith("200 ");
        assertThat(text("POST", SPACE + "/delete", "{\"keys\":[\"a\",\"none\",\"n\"]}"))
                .startsWith("200 {\"deleted\":2");
        assertThat(text(
                        "POST",
                        SPACE + "/put",
                        "{\"entries\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"number\":1}]}"))
                .contains("DUPLICATE_KEY_IN_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/kv/none/a, 404 SPACE_NOT_FOUND",
        "GET, /v1/kv/courses/, 400 INVALID_KEY",
        "GET, /v1/kv/courses/a?x=1, 400 MALFORMED_REQUEST",
        "PUT, /v1/kv/courses/a?ttlSeconds=0, 400 MALFORMED_REQUEST",
        "PATCH, /v1/kv/courses/a, 405 METHOD_NOT_ALLOWED",
        "POST, /v1/kv/courses/a, 405 METHOD_NOT_ALLOWED",
        "POST, /v1/kv/courses/get, 400 MALFORMED_JSON",
        "POST, /v1/tables/courses/rows, 400 COLLECTION_TABLE"
    })
    void badRequestsAreToldWhatIsWrong(String method, String path, String expected) {
        HttpResponse<String> answer = send(method, path, "");
        assertThat(answer.statusCode() + " " + answer.body())
                .startsWith(expected.substring(0, 4))
                .contains(expected.substring(4));
    }

    private static KeyValueTarget target(String method, String uri) {
        return Objects.requireNonNull(KeyValueTarget.parse(method, uri));
    }

    @Test
    void aKeyIsTheRestOfThePath() {
        assertThat(target("GET", "/v1/kv/s/a%2Fb/increment?x").key().toStringUtf8())
                .isEqualTo("a/b/increment");
        assertThat(target("POST", "/v1/kv/s/a/b/increment").key().toStringUtf8())
                .isEqualTo("a/b");
        assertThat(target("POST", "http://h/v1/kv/s/get").shape()).isEqualTo(KeyValueTarget.Shape.GET_ALL);
        assertThat(KeyValueTarget.parse("GET", "/v1/kvs")).isNull();
        for (String wrong : List.of("%", "a%4", "%Z1", "%1Z")) {
            assertThatThrownBy(() -> target("GET", "/v1/kv/s/" + wrong).key()).isInstanceOf(DatabaseException.class);
        }
    }

    @Test
    void keysAndValuesHaveBounds() {
        assertThat(text("PUT", SPACE + "/" + "k".repeat(1_024), "v")).startsWith("201 ");
        assertThat(text("PUT", SPACE + "/" + "k".repeat(1_025), "v"))
                .startsWith("400 ")
                .contains("INVALID_KEY");
        assertThat(text("PUT", KEY, "v".repeat(1 << 20))).startsWith("201 ");
        assertThat(text("PUT", KEY, "v".repeat((1 << 20) + 1)))
                .startsWith("413 ")
                .contains("TOO_LARGE");
        String keys = "{\"keys\":[" + "\"k\",".repeat(100) + "\"k\"]}";
        assertThat(text("POST", SPACE + "/get", keys)).startsWith("413 ").contains("at most 100 keys");
        assertThat(send("GET", KEY, "").body()).hasSize(1 << 20);
        assertThat(text("GET", "/v1/kv", "")).isEqualTo("200 {\"spaces\":[{\"name\":\"courses\"}]}");
    }

    @Test
    void aKeyThatIsNoneIsRefusedWhereverItStands() {
        send("PUT", KEY, "v");
        long before = rows();
        String longer = "k".repeat(1_025);
        for (String method : List.of("GET", "PUT", "DELETE")) {
            for (String key : List.of("", longer, "%FF".repeat(1_025))) {
                assertThat(text(method, SPACE + "/" + key, "v"))
                        .startsWith("400 ")
                        .contains("INVALID_KEY", "1024");
            }
        }
        assertThat(text("POST", SPACE + "/" + longer + "/increment", "")).contains("INVALID_KEY");
        for (String key : List.of("", longer)) {
            String keys = "{\"keys\":[\"a\",\"" + key + "\"]}";
            assertThat(text("POST", SPACE + "/get", keys)).contains("INVALID_KEY", "\"row\":\"1\"");
            assertThat(text("POST", SPACE + "/delete", keys)).contains("INVALID_KEY", "\"row\":\"1\"");
            String entries =
                    "{\"entries\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"" + key + "\",\"value\":\"1\"}]}";
            assertThat(text("POST", SPACE + "/put", entries)).contains("INVALID_KEY", "\"row\":\"1\"");
        }
        assertThat(rows()).as("nothing was stored or removed").isEqualTo(before);
        assertThat(text("GET", KEY, "")).isEqualTo("200 v");
    }

    @Test
    void aConditionOnNothingStoresAndRemovesNothing() {
        long before = rows();
        for (String tag : List.of("*", "\"117489020928000001\"")) {
            assertThat(text("PUT", KEY, "v", "If-Match", tag))
                    .startsWith("412 ")
                    .contains("CONDITION_FAILED");
            assertThat(text("DELETE", KEY, "", "If-Match", tag)).startsWith("412 ");
            assertThat(text("PUT", KEY, "v", "If-Match", tag, "Request-Id", "me/9" + tag.length() + "/" + millis.get()))
                    .startsWith("412 ");
        }
        for (String wrong : List.of("7", "\"x\"", "\"\"", "W/\"7\"")) {
            assertThat(text("PUT", KEY, "v", "If-Match", wrong))
                    .startsWith("400 ")
                    .contains("If-Match");
        }
        assertThat(text("PUT", KEY, "v", "If-Match", "*", "If-None-Match", "*")).startsWith("400 ");
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aRingStoresClientsFindTheirRequests() {
        assertThat(text("POST", "/write-to-node", "{\"CourseId\":\"50001\",\"Count\":\"29\"}"))
                .isEqualTo("200 200 OK -- Successfully wrote to node!");
        HttpResponse<String> read = send("GET", "/read-from-node?courseid=50001", "");
        assertThat(read.body()).isEqualTo("29");
        assertThat(header(read, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(text("GET", "/read-from-node", "")).isEqualTo("400 Query parameter 'courseid' is missing");
        assertThat(text("GET", "/read-from-node?courseid=1", "")).isEqualTo("400 CourseID #1 does not exist.");
        assertThat(text("POST", "/write-to-node", "{\"CourseId\":\"50001\",\"Count\":\"-1\"}"))
                .startsWith("400 ");
        assertThat(text("GET", "/check-alive", "")).contains("FrontEndPortNo");
    }
}
