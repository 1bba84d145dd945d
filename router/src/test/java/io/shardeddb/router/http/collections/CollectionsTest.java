package io.shardeddb.router.http.collections;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents over HTTP, through two routers. */
class CollectionsTest {

    private static final FakeCluster CLUSTER = FakeCluster.documents("people", 4);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final RouterUnderTest OTHER = RouterUnderTest.before(CLUSTER);
    private static final String PEOPLE = "/v1/collections/people";
    private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"");

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

    private static String send(RouterUnderTest router, String method, String path, String body, String... headers) {
        HttpResponse<String> answer = router.send(method, path, body, headers);
        return answer.statusCode() + " " + answer.body().replaceAll(",?\"timestamp\":[0-9]+", "");
    }

    private static String send(String method, String path, String body, String... headers) {
        return send(ROUTER, method, path, body, headers);
    }

    private static String id(int number) {
        return "test/" + number + "/" + System.currentTimeMillis();
    }

    private static void insert(int from, int to) {
        List<String> documents = IntStream.range(from, to)
                .mapToObj(i -> "{\"_id\":%d,\"even\":%b}".formatted(i, i % 2 == 0))
                .toList();
        assertThat(send("POST", PEOPLE, documents.toString())).startsWith("201 ");
    }

    private static void counts(int count) {
        assertThat(send("POST", PEOPLE + "/count", "{}")).isEqualTo("200 {\"count\":" + count + "}");
    }

    @Test
    void aDocumentIsInsertedReadReplacedAndRemoved() {
        assertThat(send("POST", PEOPLE, "{\"_id\":\"ada\",\"name\":\"Ada\",\"born\":1815}"))
                .isEqualTo("201 {\"inserted\":1,\"ids\":[\"ada\"]}");
        HttpResponse<String> read = OTHER.send("GET", PEOPLE + "/ada", "");
        assertThat(read.body()).isEqualTo("{\"_id\":\"ada\",\"born\":1815,\"name\":\"Ada\"}");
        String tag = read.headers().firstValue("ETag").orElseThrow();
        assertThat(send("GET", PEOPLE + "/ada", "", "If-None-Match", tag)).startsWith("304 ");
        assertThat(send("PUT", PEOPLE + "/ada", "{\"name\":\"A\"}", "If-None-Match", "*"))
                .startsWith("412 ");
        assertThat(send("PUT", PEOPLE + "/ada", "{\"name\":\"A\"}", "If-Match", tag))
                .startsWith("200 ");
        assertThat(send("DELETE", PEOPLE + "/ada", "", "If-Match", tag)).startsWith("412 ");
        assertThat(send("GET", PEOPLE + "/ada", "")).isEqualTo("200 {\"_id\":\"ada\",\"name\":\"A\"}");
        assertThat(send("DELETE", PEOPLE + "/ada", "")).startsWith("200 ");
        assertThat(send("DELETE", PEOPLE + "/ada", "")).startsWith("404 ").contains("DOCUMENT_NOT_FOUND");
    }

    @Test
    void idsAreNumbersOrTexts() {
        assertThat(send("POST", PEOPLE, "{\"_id\":42,\"a\":1}")).startsWith("201 ");
        assertThat(send("POST", PEOPLE, "{\"_id\":\"42\",\"a\":2}")).startsWith("201 ");
        assertThat(send("GET", PEOPLE + "/42", "")).contains("\"a\":1");
        assertThat(send("GET", PEOPLE + "/%2242%22", "")).contains("\"a\":2");
    }

    @Test
    void anInsertIsWholeOrNotAtAll() {
        insert(0, 1);
        assertThat(send("POST", PEOPLE, "[{\"_id\":7},{\"_id\":8},{\"_id\":0},{\"_id\":9}]"))
                .startsWith("409 ")
                .contains("DUPLICATE_KEY", "\"id\":\"0\"");
        counts(1);
        assertThat(send("POST", PEOPLE, "[{\"_id\":7},{\"_id\":7}]"))
                .startsWith("409 ")
                .contains("\"id\":\"7\"");
    }

    @Test
    void aRepeatedInsertHasTheSameIdsAndInsertsOnce() {
        String id = id(1);
        String first = send("POST", PEOPLE, "[{\"a\":1},{\"a\":2}]", "Request-Id", id);
        assertThat(first).startsWith("201 ");
        assertThat(send(OTHER, "POST", PEOPLE, "[{\"a\":1},{\"a\":2}]", "Request-Id", id))
                .isEqualTo(first);
        counts(2);
    }

    @Test
    void aFindGoesOnWithItsCursorAtAnyRouter() {
        insert(0, 50);
        TreeSet<String> seen = new TreeSet<>();
        @Nullable String cursor = null;
        int pages = 0;
        do {
            String body = "{\"filter\":{\"even\":true},\"limit\":7"
                    + (cursor == null ? "" : ",\"cursor\":\"" + cursor + "\"") + "}";
            String answer = send(pages++ % 2 == 0 ? ROUTER : OTHER, "POST", PEOPLE + "/find", body);
            assertThat(answer).startsWith("200 ").endsWith("\"complete\":true}");
            Matcher ids = Pattern.compile("\"_id\":([0-9]+)").matcher(answer);
            while (ids.find()) {
                assertThat(seen.add(ids.group(1))).isTrue();
            }
            Matcher next = CURSOR.matcher(answer);
            cursor = next.find() ? next.group(1) : null;
        } while (cursor != null);
        assertThat(seen).hasSize(25);
        assertThat(pages).isEqualTo(4);
    }

    @Test
    void aForeignCursorIsRefused() {
        insert(0, 5);
        Matcher cursor = CURSOR.matcher(send("POST", PEOPLE + "/find", "{\"limit\":2}"));
        assertThat(cursor.find()).isTrue();
        String other = "{\"filter\":{\"even\":true},\"cursor\":\"" + cursor.group(1) + "\"}";
        assertThat(send("POST", PEOPLE + "/find", other)).startsWith("400 ").contains("INVALID_CURSOR");
        assertThat(send("POST", PEOPLE + "/find", "{\"cursor\":\"x" + cursor.group(1) + "\"}"))
                .contains("INVALID_CURSOR");
    }

    @Test
    void countsAndTellsDifferentValues() {
        insert(0, 9);
        assertThat(send("POST", PEOPLE + "/count", "{\"filter\":{\"even\":true}}"))
                .isEqualTo("200 {\"count\":5}");
        assertThat(send("POST", PEOPLE + "/distinct", "{\"path\":\"even\"}"))
                .isEqualTo("200 {\"values\":[false,true],\"count\":2}");
        assertThat(send("POST", PEOPLE + "/find", "{\"filter\":{\"_id\":{\"$in\":[3,99,1]}},\"sort\":{\"_id\":-1}}"))
                .contains("\"documents\":[{\"_id\":3,\"even\":false},{\"_id\":1,\"even\":false}]");
    }

    @Test
    void aRepeatedRemovalByFilterRemovesOneDocument() {
        insert(0, 10);
        String id = id(2);
        String body = "{\"filter\":{\"even\":true}}";
        assertThat(send("POST", PEOPLE + "/delete", body, "Request-Id", id)).isEqualTo("200 {\"deleted\":1}");
        assertThat(send(OTHER, "POST", PEOPLE + "/delete", body, "Request-Id", id))
                .isEqualTo("200 {\"deleted\":1,\"repeated\":true}");
        counts(9);
        assertThat(send("POST", PEOPLE + "/delete", "{\"filter\":{\"even\":true},\"many\":true}"))
                .isEqualTo("200 {\"deleted\":4}");
        assertThat(send(OTHER, "POST", PEOPLE + "/delete", body, "Request-Id", id))
                .isEqualTo("200 {\"deleted\":1,\"repeated\":true}");
    }

    @Test
    void aRemovalThatFoundNothingRemovesNothingLater() {
        String id = id(3);
        String body = "{\"filter\":{\"even\":true},\"return\":\"before\"}";
        assertThat(send("POST", PEOPLE + "/delete", body, "Request-Id", id)).startsWith("200 {\"deleted\":0");
        insert(0, 3);
        assertThat(send(OTHER, "POST", PEOPLE + "/delete", body, "Request-Id", id))
                .startsWith("200 {\"deleted\":0");
        counts(3);
        assertThat(send("POST", PEOPLE + "/delete", body, "Request-Id", id(4)))
                .startsWith("200 {\"deleted\":1,\"document\":{\"_id\":");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST | /v1/collections/people | 7 | 400 | INVALID_DOCUMENT
            POST | /v1/collections/people | {"_id":1.5} | 400 | INVALID_DOCUMENT
            POST | /v1/collections/people | {"$a":1} | 400 | INVALID_DOCUMENT
            POST | /v1/collections/people | {"a" | 400 | MALFORMED_JSON
            POST | /v1/collections/people/find | {"filter":{"a":{"$no":1}}} | 400 | INVALID_FILTER
            POST | /v1/collections/people/find | {"filter":7.5} | 400 | INVALID_FILTER
            POST | /v1/collections/people/find | {"limit":1001} | 400 | MALFORMED_REQUEST
            POST | /v1/collections/people/find | {"limits":1} | 400 | MALFORMED_REQUEST
            GET | /v1/collections/nobody/1 | `` | 404 | COLLECTION_NOT_FOUND
            GET | /v1/collections/people/1 | `` | 404 | DOCUMENT_NOT_FOUND
            PUT | /v1/collections/people/1 | {"_id":2} | 400 | INVALID_DOCUMENT
            PATCH | /v1/collections/people/1 | {} | 405 | METHOD_NOT_ALLOWED
            POST | /v1/tables/people/rows | {"_id":"MQ==","doc":{}} | 400 | COLLECTION_TABLE
            PUT | /v1/tables/people/rows/MQ== | {"doc":{}} | 400 | COLLECTION_TABLE
            DELETE | /v1/tables/people/rows/MQ== | `` | 400 | COLLECTION_TABLE
            POST | /v1/batch | {"operations":[{"table":"people","delete":{"_id":"MQ=="}}]} | 400 | COLLECTION_TABLE
            """)
    void whatIsWrongIsRefusedByName(String method, String path, String body, int status, String code) {
        assertThat(send(method, path, body)).startsWith(status + " ").contains("\"code\":\"" + code + "\"");
    }

    @Test
    void aDocumentHasAtMostOneMebibyte() {
        String text = "x".repeat((1 << 20) - 17);
        assertThat(send("POST", PEOPLE, "{\"_id\":1,\"a\":\"" + text + "\"}")).startsWith("201 ");
        assertThat(send("POST", PEOPLE, "{\"_id\":2,\"a\":\"" + text + "xx\"}"))
                .startsWith("413 ")
                .contains("TOO_LARGE");
    }
}
