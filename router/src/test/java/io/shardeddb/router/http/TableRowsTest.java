package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.fake.FakeCluster;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own rows interface, over a table with a composite key spread by hash. */
class TableRowsTest {

    private static final FakeCluster CLUSTER = new FakeCluster(
            3,
            Strategy.HASH,
            new TableDefinition(
                    "orders",
                    List.of(
                            new ColumnDefinition("customer", ColumnType.parse("VARCHAR(20)"), false),
                            new ColumnDefinition("number", ColumnType.parse("BIGINT"), false),
                            new ColumnDefinition("price", ColumnType.parse("DECIMAL(10,2)"), true),
                            new ColumnDefinition("paid", ColumnType.parse("BOOLEAN"), false),
                            new ColumnDefinition("extra", ColumnType.parse("JSON"), true)),
                    List.of("customer", "number"),
                    "customer"),
            Interval.cover(4));
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    @Test
    void aRowGoesThroughItsLife() {
        assertThat(send(
                        "POST",
                        "/v1/tables/orders/rows",
                        "{\"customer\":\"ann\",\"number\":1,\"price\":\"9.9\",\"paid\":false,"
                                + "\"extra\":{\"b\":[1.0],\"a\":null}}"))
                .isEqualTo("201 {\"operations\":1,\"affected\":1,\"timestamp\":1}");
        assertThat(send("GET", "/v1/tables/orders/rows/ann,1", ""))
                .isEqualTo(
                        "200 {\"customer\":\"ann\",\"number\":1,\"price\":\"9.90\",\"paid\":false,\"extra\":{\"a\":null,\"b\":[1.0]}}");
        assertThat(send("PATCH", "/v1/tables/orders/rows/ann,1", "{\"paid\":true}"))
                .isEqualTo("200 {\"operations\":1,\"affected\":1,\"timestamp\":2}");
        assertThat(send("GET", "/v1/tables/orders/rows?key=ann&key=1&columns=paid,number", ""))
                .isEqualTo("200 {\"paid\":true,\"number\":1}");
        assertThat(send("PUT", "/v1/tables/orders/rows/ann,1", "{\"paid\":false}"))
                .isEqualTo("200 {\"operations\":1,\"affected\":1,\"timestamp\":3}");
        assertThat(send("GET", "/v1/tables/orders/rows/ann,1", ""))
                .isEqualTo("200 {\"customer\":\"ann\",\"number\":1,\"price\":null,\"paid\":false,\"extra\":null}");
        assertThat(send("DELETE", "/v1/tables/orders/rows/ann,1", "")).startsWith("200 ");
        assertThat(send("GET", "/v1/tables/orders/rows/ann,1", ""))
                .startsWith("404 ")
                .contains("ROW_NOT_FOUND");
        assertThat(send("DELETE", "/v1/tables/orders/rows/ann,1", ""))
                .startsWith("404 ")
                .contains("ROW_NOT_FOUND");
        assertThat(send("PATCH", "/v1/tables/orders/rows/ann,1", "{\"paid\":true}"))
                .startsWith("404 ");
    }

    @Test
    void batchesGoToTheirShards() {
        insert(40);
        assertThat(
                        send(
                                "POST",
                                "/v1/tables/orders/batch",
                                "{\"operations\":[{\"insert\":{\"customer\":\"x\",\"number\":1,\"paid\":true}},"
                                        + "{\"update\":{\"customer\":\"c1\",\"number\":1,\"paid\":true}},{\"delete\":{\"customer\":\"c2\",\"number\":2}},"
                                        + "{\"delete\":{\"customer\":\"none\",\"number\":2}},{\"insertIfAbsent\":{\"customer\":\"c3\",\"number\":3,\"paid\":true}}]}"))
                .startsWith("200 {\"operations\":5,\"affected\":3,\"timestamp\":");
        assertThat(send(
                        "DELETE",
                        "/v1/tables/orders/rows",
                        "[{\"customer\":\"c4\",\"number\":4},{\"customer\":\"c5\",\"number\":5}]"))
                .startsWith("200 {\"operations\":2,\"affected\":2,\"timestamp\":");
    }

    @Test
    void aWriteTellsItsTimestampAndARepeatTheFirstOnes() {
        String row = "{\"customer\":\"c0\",\"number\":0,\"paid\":true}";
        String id = "someone/1/" + System.currentTimeMillis();
        for (int i = 1; i <= 2; i++) {
            assertThat(send("PUT", "/v1/tables/orders/rows", row)).endsWith("\"timestamp\":" + i + "}");
        }
        for (int i = 1; i <= 2; i++) {
            HttpResponse<String> answer = ROUTER.send("PUT", "/v1/tables/orders/rows", row, "Request-Id", id);
            assertThat(answer.body()).endsWith("\"timestamp\":3}");
            assertThat(send("PUT", "/v1/tables/orders/rows", row)).endsWith("\"timestamp\":" + (i + 3) + "}");
        }
        assertThat(send("PUT", "/v1/tables/orders/rows", rows(0, 40)))
                .as("over all shards, of which one is at 5 and the others at 0")
                .endsWith("\"affected\":40,\"timestamp\":6}");
        assertThat(send("POST", "/v1/tables/orders/rows", "[]")).doesNotContain("timestamp");
    }

    @Test
    void anInsertOfAnExistingKeyChangesNothingInItsShard() {
        insert(1);
        String answer = send("POST", "/v1/tables/orders/rows", "{\"customer\":\"c0\",\"number\":0,\"paid\":true}");
        assertThat(answer)
                .startsWith("409 ")
                .contains("\"code\":\"DUPLICATE_KEY\",\"kind\":\"refused\"")
                .contains("\"row\":\"0\"");
    }

    @Test
    void aWriteOverSeveralShardsIsDoneAsAWholeOrNotAtAll() {
        insert(1);
        String answer = send("POST", "/v1/tables/orders/rows", rows(0, 30));
        assertThat(answer).startsWith("409 ").contains("DUPLICATE_KEY").doesNotContain("committed");
        assertThat(total()).isEqualTo(1);
    }

    @Test
    void aRangeIsMergedInKeyOrderAndContinues() {
        insert(60);
        String expected = IntStream.range(0, 60).mapToObj(i -> "c" + i).sorted().collect(Collectors.joining(","));
        assertThat(customers(send("GET", "/v1/tables/orders/rows", ""))).isEqualTo(expected);
        StringBuilder pages = new StringBuilder();
        String continuation = "";
        int count = 0;
        do {
            String page = send("GET", "/v1/tables/orders/rows?limit=7" + continuation, "");
            assertThat(page).endsWith("\"complete\":true}");
            pages.append(pages.isEmpty() ? "" : ",").append(customers(page));
            Matcher next = Pattern.compile("\"continuation\":\"([^\"]+)\"").matcher(page);
            continuation = next.find() ? "&continuation=" + next.group(1) : "";
            count++;
        } while (!continuation.isEmpty());
        assertThat(pages.toString()).isEqualTo(expected);
        assertThat(count).isEqualTo(9);
        assertThat(customers(
                        send("GET", "/v1/tables/orders/rows?from=c10&to=c12&descending=true&columns=customer", "")))
                .isEqualTo("c12,c11,c10");
        assertThat(customers(send("GET", "/v1/tables/orders/rows?from=c10,10&to=c10,10", "")))
                .isEqualTo("c10");
    }

    @Test
    void aSessionTokenComesBackAndIsTaken() {
        HttpResponse<String> written = ROUTER.send("POST", "/v1/tables/orders/rows", rows(0, 1));
        String token = written.headers().firstValue("Session-Token").orElseThrow();
        HttpResponse<String> read =
                ROUTER.send("GET", "/v1/tables/orders/rows/c0,0", "", "Session-Token", token, "Read-Level", "eventual");
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.headers().firstValue("Session-Token")).isPresent();
    }

    @Test
    void describesTheTables() {
        assertThat(send("GET", "/v1/tables", ""))
                .startsWith(
                        "200 {\"tables\":[{\"name\":\"orders\",\"columns\":[{\"name\":\"customer\",\"type\":\"VARCHAR(20)\",\"nullable\":false}");
        assertThat(send("GET", "/v1/tables/orders", ""))
                .endsWith("\"primaryKey\":[\"customer\",\"number\"],\"shardKey\":\"customer\"}");
        assertThat(send("GET", "/v1/tables/none", "")).startsWith("404 ").contains("UNKNOWN_TABLE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "POST | rows | {\"customer\":\"a\",\"number\":\"1\",\"paid\":true} | WRONG_TYPE | \"column\":\"number\"",
                "POST | rows | {\"customer\":1,\"number\":1,\"paid\":true} | WRONG_TYPE | \"column\":\"customer\"",
                "POST | rows | [{\"customer\":\"a\",\"number\":1,\"paid\":true},{\"customer\":\"b\",\"number\":1,\"paid\":1}] | WRONG_TYPE | \"row\":\"1\"",
                "POST | rows | [{\"customer\":\"a\",\"number\":1,\"paid\":true},{\"customer\":\"a\",\"number\":1,\"paid\":true}] | DUPLICATE_KEY_IN_REQUEST | \"rows\":\"0,1\"",
                "POST | rows | {\"customer\":\"a \",\"number\":1,\"paid\":true} | TRAILING_SPACE_IN_KEY | ends with a space",
                "POST | rows | {\"customer\":\"a\",\"number\":1} | MISSING_COLUMN | column paid is missing",
                "POST | rows | {\"customer\":\"a\",\"paid\":true} | MISSING_KEY | column number is missing",
                "POST | rows | {\"customer\":\"a\",\"number\":1,\"paid\":null} | NULL_NOT_ALLOWED | must not be null",
                "POST | rows | {\"customer\":\"a\",\"number\":1,\"paid\":true,\"price\":1.234} | VALUE_OUT_OF_RANGE | more than 2 fraction digits",
                "POST | rows | {\"customer\":\"abcdefghijklmnopqrstuvwxyz\",\"number\":1,\"paid\":true} | VALUE_TOO_LONG | 26 characters, at most 20",
                "POST | rows | {\"customer\":\"a\",\"nr\":1} | UNKNOWN_COLUMN | \"column\":\"nr\"",
                "POST | rows | 5 | MALFORMED_REQUEST | a row as an object, or an array of rows",
                "POST | rows | {\"customer\": | MALFORMED_JSON | \"line\":\"1\"",
                "POST | batch | {\"ops\":[]} | MALFORMED_REQUEST | \"field\":\"ops\"",
                "POST | batch | {\"operations\":[{\"truncate\":{}}]} | MALFORMED_REQUEST | not 'truncate'",
                "PATCH | rows/a,1 | {\"number\":2,\"paid\":true} | KEY_NOT_CHANGEABLE | \"column\":\"number\"",
                "PATCH | rows/a,1 | {} | MALFORMED_REQUEST | no column to change",
                "GET | rows/a | | MISSING_KEY | has 2 values",
                "GET | rows/a,x | | WRONG_TYPE | 'x'",
                "GET | rows?limit=0 | | MALFORMED_REQUEST | a number from 1",
                "GET | rows?columns=zz | | UNKNOWN_COLUMN | 'zz'",
                "GET | rows?continuation=AAAA | | MALFORMED_REQUEST | \"field\":\"continuation\"",
                "GET | rows?form=1 | | MALFORMED_REQUEST | not 'form'",
                "GET | rows?descending=yes | | MALFORMED_REQUEST | true or false",
            })
    void refusesBadInputWithItsPlaceAndReason(String method, String path, String body, String code, String reason) {
        HttpResponse<String> answer = ROUTER.send(method, "/v1/tables/orders/" + path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains("\"code\":\"" + code + "\",\"kind\":\"invalid\"")
                .contains(reason);
        assertThat(total()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"Read-Level,maybe", "Max-Staleness-Millis,-1", "Session-Token,@@", "Request-Id,abc"})
    void refusesBadHeaders(String header, String value) {
        HttpResponse<String> answer = ROUTER.send("GET", "/v1/tables/orders/rows", "", header, value);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"header\":\"" + header + "\"");
    }

    private static int total() {
        return IntStream.range(0, 4).map(i -> CLUSTER.group(i).size()).sum();
    }

    private static void insert(int count) {
        assertThat(send("POST", "/v1/tables/orders/rows", rows(0, count))).startsWith("201 ");
    }

    private static String rows(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{\"customer\":\"c" + i + "\",\"number\":" + i + ",\"paid\":false}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String customers(String page) {
        return Pattern.compile("\"customer\":\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.joining(","));
    }

    private static String send(String method, String path, String body) {
        HttpResponse<String> answer = ROUTER.send(method, path, body);
        return answer.statusCode() + " " + answer.body();
    }
}
