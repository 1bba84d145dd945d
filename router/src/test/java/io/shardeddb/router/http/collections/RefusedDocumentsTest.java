package io.shardeddb.router.http.collections;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong: each is refused by its code, the answer says where, and nothing is changed. */
class RefusedDocumentsTest {

    private static final FakeCluster CLUSTER = FakeCluster.documents("people", 4);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final String PEOPLE = "/v1/collections/people";
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_DEPTH = 31;

    /** A regular expression of bounded time needs milliseconds; one that goes back and forth would need years. */
    private static final Duration NOT_FOR_EVER = Duration.ofSeconds(20);

    @BeforeEach
    void oneDocument() {
        CLUSTER.reset();
        assertThat(send("POST", PEOPLE, "{\"_id\":1,\"text\":\"t\",\"list\":[1,{\"a\":2}]}"))
                .startsWith("201 ");
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static String send(String method, String path, String body, String... headers) {
        HttpResponse<String> answer = ROUTER.send(method, path, body, headers);
        return answer.statusCode() + " " + answer.body();
    }

    private static void nothingChanged() {
        assertThat(send("POST", PEOPLE + "/find", "{}"))
                .contains("\"documents\":[{\"_id\":1,\"list\":[1,{\"a\":2}],\"text\":\"t\"}],\"count\":1");
    }

    private static void refused(String answer, int status, String code, String where) {
        assertThat(answer).startsWith(status + " ").contains("\"code\":\"" + code + "\"", where);
        nothingChanged();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":{"$no":1}} | filter.a.$no
            {"$no":[]} | filter.$no
            {"a":{"b":1,"$gt":2}} | filter.a
            {"a":{"$gt":1,"b":2}} | filter.a
            {"$or":[]} | filter.$or
            {"$and":{"a":1}} | filter.$and
            {"$or":[{"a":1},7]} | filter.$or.1
            {"a":{"$in":7}} | filter.a.$in
            {"a":{"$all":"x"}} | filter.a.$all
            {"a":{"$size":-1}} | filter.a.$size
            {"a":{"$size":1.5}} | filter.a.$size
            {"a":{"$exists":{"b":1}}} | filter.a.$exists
            {"a":{"$type":"decimal128"}} | filter.a.$type
            {"a":{"$mod":[0,1]}} | filter.a.$mod
            {"a":{"$elemMatch":7}} | filter.a.$elemMatch
            {"a":{"$not":7}} | filter.a.$not
            {"a":{"$not":{"$no":1}}} | filter.a.$not.$no
            {"a":{"$regex":7}} | filter.a.$regex
            {"a":{"$regex":"("}} | filter.a.$regex
            {"a":{"$regex":"(?=b)"}} | filter.a.$regex
            {"a":{"$regex":"(.)\\\\1"}} | filter.a.$regex
            {"a":{"$regex":"((x{1000}){1000}){1000}"}} | filter.a.$regex
            {"a":{"$regex":"a","$options":"q"}} | filter.a.$options
            {"a":{"$options":"i"}} | filter.a
            {"":{"$no":1}} | filter.
            [] | filter
            """)
    void aFilterThatIsNoneIsRefusedWhereverItStands(String filter, String where) {
        for (String request : List.of("find", "count", "delete", "update", "distinct")) {
            String more = switch (request) {
                case "update" -> ",\"update\":{\"$set\":{\"x\":1}},\"many\":true";
                case "delete" -> ",\"many\":true";
                case "distinct" -> ",\"path\":\"text\"";
                default -> "";
            };
            refused(
                    send("POST", PEOPLE + "/" + request, "{\"filter\":" + filter + more + "}"),
                    400,
                    "INVALID_FILTER",
                    "\"at\":\"" + where);
        }
        refused(
                send("POST", PEOPLE + "/aggregate", "{\"pipeline\":[{\"$match\":" + filter + "}]}"),
                400,
                "INVALID_FILTER",
                "\"at\":\"pipeline.0.$match" + where.substring("filter".length()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"$no":{"a":1}} | 400 | INVALID_UPDATE | update.$no
            {"$set":7} | 400 | INVALID_UPDATE | update.$set
            {"$set":{"a":1},"b":2} | 400 | INVALID_UPDATE | update
            {"$inc":{"a":"x"}} | 400 | INVALID_UPDATE | update.$inc.a
            {"$mul":{"a":null}} | 400 | INVALID_UPDATE | update.$mul.a
            {"$rename":{"a":7}} | 400 | INVALID_UPDATE | update.$rename.a
            {"$pop":{"a":"first"}} | 400 | INVALID_UPDATE | update.$pop.a
            {"$push":{"a":{"$each":7}}} | 400 | INVALID_UPDATE | update.$push.a.$each
            {"$push":{"a":{"$each":[],"$slice":"x"}}} | 400 | INVALID_UPDATE | update.$push.a.$slice
            {"$push":{"a":{"$each":[],"$sort":7}}} | 400 | INVALID_UPDATE | update.$push.a.$sort
            {"$pull":{"a":{"$no":1}}} | 400 | INVALID_FILTER | update.$pull.a.element.$no
            {"$set":{"a":1,"a.b":2}} | 400 | INVALID_UPDATE | update.$set.a
            {"$set":{"a":1},"$inc":{"a":2}} | 400 | INVALID_UPDATE | update.
            {"$set":{"a..b":1}} | 400 | INVALID_UPDATE | update.$set.a..b
            {"$set":{"a":{"$b":1}}} | 400 | INVALID_ | update
            {"a.b":1} | 400 | INVALID_ | update.a.b
            {"$set":{"text.a":1}} | 409 | UPDATE_FAILED | update.$set.text.a
            {"$inc":{"text":1}} | 409 | UPDATE_FAILED | update.$inc.text
            {"$push":{"text":1}} | 409 | UPDATE_FAILED | update.$push.text
            {"$set":{"list.x":1}} | 409 | UPDATE_FAILED | update.$set.list.x
            {"$set":{"list.1000000":1}} | 409 | UPDATE_FAILED | update.$set.list.1000000
            {"$inc":{"list.1.a":9223372036854775807}} | 409 | UPDATE_FAILED | update.$inc.list.1.a
            {"$set":{"_id":2}} | 409 | UPDATE_FAILED | update
            {"$unset":{"_id":1}} | 400 | INVALID_UPDATE | update.$unset._id
            """)
    void anUpdateThatIsNoneOrDoesNotFitIsRefused(String update, int status, String code, String where) {
        String body = "{\"filter\":{\"_id\":1},\"update\":" + update;
        String answer = send("POST", PEOPLE + "/update", body + "}");
        assertThat(answer).startsWith(status + " ").contains("\"code\":\"" + code, "\"at\":\"" + where);
        nothingChanged();
        assertThat(send("POST", PEOPLE + "/update", body + ",\"upsert\":true}")).startsWith(status + " ");
        nothingChanged();
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    @Test
    void documentsAndFiltersAreNestedWithinABound() {
        String deepest = nested(MOST_DEPTH);
        assertThat(send("PUT", PEOPLE + "/2", deepest)).startsWith("200 ");
        assertThat(send("DELETE", PEOPLE + "/2", "")).startsWith("200 ");
        String tooDeep = nested(MOST_DEPTH + 1);
        refused(send("POST", PEOPLE, tooDeep), 400, "INVALID_DOCUMENT", "\"at\":\"document\"");
        refused(send("POST", PEOPLE, "[{}," + tooDeep + "]"), 400, "INVALID_DOCUMENT", "\"at\":\"document.1\"");
        refused(send("PUT", PEOPLE + "/2", tooDeep), 400, "INVALID_DOCUMENT", "\"at\":\"document\"");
        refused(
                send("POST", PEOPLE + "/update", "{\"update\":{\"$set\":{\"list.0\":" + nested(MOST_DEPTH - 1) + "}}}"),
                400,
                "INVALID_DOCUMENT",
                "\"at\":\"update\"");
        String filter = "{\"$or\":[".repeat(200) + "{}" + "]}".repeat(200);
        assertThat(send("POST", PEOPLE + "/count", "{\"filter\":" + filter + "}"))
                .startsWith("400 ");
        assertThat(send("POST", PEOPLE, "[".repeat(100_000))).startsWith("400 ").contains("MALFORMED_JSON");
        nothingChanged();
    }

    @Test
    void aDocumentOfAByteMoreThanAMebibyteIsRefusedHoweverItComes() {
        String most = "x".repeat(MOST_BYTES - "{\"_id\":2,\"a\":\"\"}".length());
        assertThat(send("PUT", PEOPLE + "/2", "{\"a\":\"" + most + "\"}")).startsWith("200 ");
        assertThat(send("DELETE", PEOPLE + "/2", "")).startsWith("200 ");
        String text = most + "x";
        refused(send("PUT", PEOPLE + "/2", "{\"a\":\"" + text + "\"}"), 413, "TOO_LARGE", "\"at\":\"document\"");
        refused(
                send("POST", PEOPLE, "[{\"_id\":3},{\"_id\":2,\"a\":\"" + text + "\"}]"),
                413,
                "TOO_LARGE",
                "\"at\":\"document.1\"");
        for (String filter : List.of("1", "2")) {
            refused(
                    send(
                            "POST",
                            PEOPLE + "/update",
                            "{\"filter\":{\"_id\":" + filter + "},\"update\":{\"$set\":{\"a\":\"" + text
                                    + "\"}},\"upsert\":true}"),
                    413,
                    "TOO_LARGE",
                    "\"at\":\"update\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST ", "PUT /2", "POST /find", "POST /update", "POST /delete", "POST /aggregate"})
    void bytesThatAreNoUtf8AreRefused(String target) throws IOException, InterruptedException {
        String[] parts = target.split(" ", -1);
        byte[] body = "{\"_id\":2,\"filter\":{\"text\":\"?\"}}".getBytes(StandardCharsets.UTF_8);
        body["{\"_id\":2,\"filter\":{\"text\":\"".length()] = (byte) 0xff;
        HttpResponse<String> answer = ROUTER.client()
                .send(
                        HttpRequest.newBuilder(ROUTER.uri(PEOPLE + parts[1]))
                                .method(parts[0], HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        refused(answer.statusCode() + " " + answer.body(), 400, "MALFORMED_JSON", "UTF-8");
    }

    @Test
    void halfASurrogatePairIsNoText() {
        refused(send("POST", PEOPLE, "{\"_id\":2,\"a\":{\"b\":\"\\ud800\"}}"), 400, "INVALID_DOCUMENT", "document.a.b");
        refused(send("POST", PEOPLE, "{\"_id\":\"\\ud800\"}"), 400, "INVALID_DOCUMENT", "document._id");
        refused(
                send("POST", PEOPLE + "/update", "{\"update\":{\"$set\":{\"a\":\"\\udc00\"}}}"),
                400,
                "INVALID_DOCUMENT",
                "\"at\":\"update");
        for (String id : List.of("%FF", "a%C3", "%ED%A0%80")) {
            refused(send("PUT", PEOPLE + "/" + id, "{}"), 400, "MALFORMED_REQUEST", "\"path\":\"" + id);
        }
    }

    @Test
    void idsAreUniqueAndBounded() {
        refused(send("POST", PEOPLE, "{\"_id\":1}"), 409, "DUPLICATE_KEY", "\"id\":\"1\"");
        refused(send("POST", PEOPLE, "[{\"_id\":2},{\"_id\":1}]"), 409, "DUPLICATE_KEY", "\"id\":\"1\"");
        refused(send("POST", PEOPLE, "[{\"_id\":2},{\"_id\":2}]"), 409, "DUPLICATE_KEY", "\"id\":\"2\"");
        for (String id : List.of("\"\"", "null", "true", "[1]", "{}", "1.5", "9223372036854775808")) {
            refused(send("POST", PEOPLE, "{\"_id\":" + id + "}"), 400, "INVALID_DOCUMENT", "\"at\":\"document._id\"");
        }
        refused(
                send("POST", PEOPLE, "{\"_id\":\"" + "i".repeat(1_001) + "\"}"),
                400,
                "INVALID_DOCUMENT",
                "\"at\":\"document._id\"");
    }

    @Test
    void aRegularExpressionEndsWhateverTheTextIs() {
        assertThat(send("PUT", PEOPLE + "/1", "{\"text\":\"" + "a".repeat(100_000) + "b\"}"))
                .startsWith("200 ");
        long start = System.nanoTime();
        for (String expression : List.of("^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(.*a){20}$", "([a-z]+)*c")) {
            assertThat(send("POST", PEOPLE + "/count", "{\"filter\":{\"text\":{\"$regex\":\"" + expression + "\"}}}"))
                    .isEqualTo("200 {\"count\":0}");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(NOT_FOR_EVER);
    }

    @Test
    void aCursorOfYesterdayGoesOnBehindItsPlaceOrIsRefused() {
        for (int i = 2; i < 8; i++) {
            assertThat(send("POST", PEOPLE, "{\"_id\":" + i + "}")).startsWith("201 ");
        }
        Matcher cursor =
                Pattern.compile("\"cursor\":\"([^\"]+)\"").matcher(send("POST", PEOPLE + "/find", "{\"limit\":4}"));
        assertThat(cursor.find()).isTrue();
        for (int i = 2; i < 7; i++) {
            assertThat(send("DELETE", PEOPLE + "/" + i, "")).startsWith("200 ");
        }
        assertThat(send("POST", PEOPLE + "/find", "{\"cursor\":\"" + cursor.group(1) + "\"}"))
                .contains("\"documents\":[{\"_id\":7}],\"count\":1");
        assertThat(send("DELETE", PEOPLE + "/7", "")).startsWith("200 ");
        String given = cursor.group(1);
        for (String other :
                List.of("", "x", given + "A", given.substring(4), "AAAAAAAAAAA", "*", given.replaceFirst("^.", "-"))) {
            refused(
                    send("POST", PEOPLE + "/find", "{\"cursor\":\"" + other + "\"}"),
                    400,
                    "INVALID_CURSOR",
                    "\"field\":\"cursor\"");
        }
        refused(
                send("POST", PEOPLE + "/find", "{\"cursor\":\"" + given + "\",\"sort\":{\"text\":1}}"),
                400,
                "INVALID_CURSOR",
                "\"field\":\"cursor\"");
    }

    @Test
    void aConditionOnNothingStoresAndRemovesNothing() {
        for (String tag : List.of("*", "\"117489020928000001\"")) {
            refused(send("PUT", PEOPLE + "/2", "{}", "If-Match", tag), 412, "CONDITION_FAILED", "");
            refused(send("DELETE", PEOPLE + "/2", "", "If-Match", tag), 412, "CONDITION_FAILED", "");
        }
        refused(send("PUT", PEOPLE + "/1", "{}", "If-None-Match", "*"), 412, "CONDITION_FAILED", "");
        for (String wrong : List.of("7", "\"x\"", "\"\"", "W/\"7\"", "\"1\", \"2\"")) {
            refused(send("PUT", PEOPLE + "/1", "{}", "If-Match", wrong), 400, "MALFORMED_REQUEST", "If-Match");
        }
    }
}
