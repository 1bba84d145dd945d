package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.route.WritePlan;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that depend on what is there, as clients send them. */
class ConditionalRowsTest {

    private static final FakeCluster CLUSTER = new FakeCluster(
            3,
            Strategy.HASH,
            new TableDefinition(
                    "flights",
                    List.of(
                            column("id", "BIGINT", false),
                            column("seats", "INT", true),
                            column("price", "DECIMAL(6,2)", true),
                            column("notes", "JSON", true),
                            column("ratio", "DOUBLE", true)),
                    List.of("id"),
                    "id"),
            Interval.cover(4));
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final String ROW = "/v1/tables/flights/rows/1";
    private static final String BATCH = "/v1/tables/flights/batch";

    private static ColumnDefinition column(String name, String type, boolean nullable) {
        return new ColumnDefinition(name, ColumnType.parse(type), nullable);
    }

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
        send("PUT", ROW, "{\"seats\":2,\"price\":\"10.00\",\"notes\":{\"a\":[1]}}");
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    @Test
    void aRowsVersionIsItsEntityTag() {
        String tag = tag(ROUTER.send("GET", ROW, ""));
        assertThat(tag).matches("\"[0-9]+\"");
        assertThat(ROUTER.send("GET", ROW, "", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        assertThat(ROUTER.send("GET", ROW, "", "If-None-Match", "\"7\"").statusCode())
                .isEqualTo(200);

        HttpResponse<String> changed = ROUTER.send("PATCH", ROW, "{\"seats\":9}", "If-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(tag(changed)).isNotEqualTo(tag).isEqualTo(tag(ROUTER.send("GET", ROW, "")));

        assertThat(send("PATCH", ROW, "{\"seats\":5}", "If-Match", tag))
                .startsWith("412 ")
                .contains("CONDITION_FAILED");
        assertThat(send("DELETE", ROW, "", "If-Match", tag)).startsWith("412 ");
        assertThat(send("GET", ROW, "")).contains("\"seats\":9");
        assertThat(send("DELETE", ROW, "", "If-Match", tag(changed))).startsWith("200 ");
    }

    @Test
    void aRowIsMadeOnlyWhereThereIsNone() {
        assertThat(send("PUT", ROW, "{\"seats\":7}", "If-None-Match", "*")).startsWith("412 ");
        assertThat(send("PUT", "/v1/tables/flights/rows/2", "{\"seats\":7}", "If-None-Match", "*"))
                .startsWith("200 ");
        assertThat(send("PUT", "/v1/tables/flights/rows/3", "{\"seats\":7}", "If-Match", "*"))
                .startsWith("412 ");
    }

    @Test
    void operationsOfAShardStandOrFallTogether() {
        String taking = "{\"update\":{\"id\":1},\"set\":{\"seats\":{\"add\":-2,\"min\":0}}}";
        assertThat(batch(taking)).startsWith("200 ").contains("\"affected\":1");
        assertThat(batch(taking)).startsWith("409 ").contains("OUT_OF_BOUNDS", "less than 0");
        assertThat(batch("{\"update\":{\"id\":1,\"price\":\"11\"},\"if\":{\"columns\":{\"seats\":{\">\":0}}}}"))
                .startsWith("412 ");
        assertThat(batch("{\"update\":{\"id\":1,\"price\":\"11\"},\"if\":{\"columns\":{\"seats\":{\"==\":0}}}}"))
                .startsWith("200 ");
        assertThat(send("GET", ROW, "")).contains("\"seats\":0", "\"price\":\"11.00\"");
    }

    @Test
    void aBatchMayNameTheTableOfEachOperation() {
        String taking = "{\"operations\":[{\"table\":\"flights\",\"update\":{\"id\":1},"
                + "\"set\":{\"seats\":{\"add\":-2,\"min\":0}}}],\"return\":\"after\"}";
        assertThat(send("POST", "/v1/batch", taking)).startsWith("200 ").contains("\"seats\":0");
        assertThat(send("POST", "/v1/batch/", taking)).startsWith("409 ").contains("OUT_OF_BOUNDS");
        assertThat(send("POST", "/v1/batch", taking.replace("flights", "trains")))
                .startsWith("404 ")
                .contains("trains");
        assertThat(send("GET", "/v1/batch", "")).startsWith("405 ");
        assertThat(send("GET", ROW, "")).contains("\"seats\":0");
    }

    @Test
    void operationsThatStandAloneTellWhatBecameOfEach() {
        String answer = send(
                "POST",
                BATCH,
                "{\"each\":\"alone\",\"return\":\"after\",\"operations\":["
                        + "{\"insert\":{\"id\":1,\"seats\":1}},"
                        + "{\"upsert\":{\"id\":2,\"seats\":5},\"set\":{\"seats\":{\"add\":1}}},"
                        + "{\"delete\":{\"id\":3},\"if\":{\"present\":true}}]}");
        assertThat(answer)
                .startsWith("200 {\"operations\":3,\"affected\":1,")
                .containsPattern("\"versions\":\\[null,\"[0-9]+\",null\\]")
                .contains("\"row\":0,\"code\":\"DUPLICATE_KEY\"", "\"row\":2,\"code\":\"CONDITION_FAILED\"")
                .contains("\"rows\":[{\"version\":")
                .endsWith(",null]}");
    }

    @Test
    void jsonIsChangedInPlace() {
        assertThat(batch("{\"update\":{\"id\":1},\"set\":{\"notes\":{\"append\":{\"b\":true},\"at\":[\"a\"]}}}"))
                .startsWith("200 ");
        assertThat(batch("{\"update\":{\"id\":1},\"set\":{\"notes\":{\"put\":7,\"at\":[\"c\",0]}}}"))
                .startsWith("200 ");
        assertThat(batch("{\"update\":{\"id\":1},\"set\":{\"notes\":{\"unset\":[\"a\",0]}}}"))
                .startsWith("200 ");
        assertThat(send("GET", ROW, "")).contains("\"notes\":{\"a\":[{\"b\":true}],\"c\":[7]}");
        assertThat(batch("{\"update\":{\"id\":1},\"set\":{\"notes\":{\"put\":7,\"at\":[\"c\",0,\"d\"]}}}"))
                .startsWith("409 ")
                .contains("PATH_BLOCKED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"update":{"id":1},"set":{"places":{"add":1}}} | UNKNOWN_COLUMN | it has [id, seats
                    {"update":{"id":1},"set":{"id":{"add":1}}} | KEY_NOT_CHANGEABLE | primary key
                    {"update":{"id":1},"set":{"seats":{"add":1.5}}} | WRONG_TYPE | not a number of its type
                    {"update":{"id":1},"set":{"seats":{"add":1,"at":[]}}} | MALFORMED_REQUEST | does not go with
                    {"update":{"id":1},"set":{"seats":{"put":1}}} | WRONG_TYPE | only JSON columns have
                    {"update":{"id":1},"set":{"ratio":{"add":1}}} | WRONG_TYPE | cannot be added to
                    {"update":{"id":1},"set":{"price":{"add":"0.001"}}} | WRONG_TYPE | price
                    {"update":{"id":1},"set":{"notes":{"put":1,"at":[-1]}}} | MALFORMED_REQUEST | a path is an array
                    {"update":{"id":1},"set":{"notes":{"times":2}}} | MALFORMED_REQUEST | is computed by add
                    {"update":{"id":1,"seats":1},"set":{"seats":{"add":1}}} | MALFORMED_REQUEST | set twice
                    {"insert":{"id":9},"set":{"seats":{"add":1}}} | MALFORMED_REQUEST | only update and upsert
                    {"update":{"id":1,"seats":1},"if":{}} | MALFORMED_REQUEST | must name a condition
                    {"update":{"id":1,"seats":1},"if":{"present":false}} | MALFORMED_REQUEST | can only be true
                    {"update":{"id":1,"seats":1},"if":{"version":"x"}} | MALFORMED_REQUEST | a version is digits
                    {"delete":{"id":1},"if":{"columns":{"seats":{"=":1}}}} | MALFORMED_REQUEST | can be compared by
                    {"update":{"id":1,"seats":1},"if":{"columns":{"seats":{">":"many"}}}} | WRONG_TYPE | seats
                    {"update":{"id":1,"seats":1},"if":{"columns":{"notes":{">":1}}}} | WRONG_TYPE | no order
                    {"update":{"id":1,"seats":1},"if":{"columns":{"ratio":{"==":1}}}} | WRONG_TYPE | floating-point
                    {"update":{"id":1,"seats":1},"when":{}} | MALFORMED_REQUEST | one operation
                    """)
    void refusesWhatFitsNoRow(String operation, String code, String reason) {
        assertThat(batch(operation)).startsWith("400 ").contains(code, reason);
        assertThat(send("GET", ROW, "")).contains("\"seats\":2", "\"price\":\"10.00\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"1\"", "1", "\"\"", "\"1\", \"2\"", "\"99999999999999999999\""})
    void refusesTagsThatNoAnswerGave(String tag) {
        assertThat(send("PATCH", ROW, "{\"seats\":5}", "If-Match", tag))
                .startsWith("400 ")
                .contains("MALFORMED_REQUEST");
        assertThat(send("POST", "/v1/tables/flights/rows", "{\"id\":4}", "If-Match", "\"4\""))
                .startsWith("400 ")
                .contains("named in the path");
    }

    @Test
    void anOlderServerIsNoFaultOfTheRequest() {
        for (int i = 0; i < 4; i++) {
            CLUSTER.group(i).older(true);
        }
        try {
            assertThat(batch("{\"update\":{\"id\":1},\"set\":{\"seats\":{\"add\":1}}}"))
                    .startsWith("503 ")
                    .contains("OLDER_SERVER");
            assertThat(send("GET", ROW, "")).contains("\"seats\":2");
        } finally {
            for (int i = 0; i < 4; i++) {
                CLUSTER.group(i).older(false);
            }
        }
    }

    @Test
    void whatIsWholeAlwaysIsNotDoneInPartsByOlderServers() {
        for (int i = 0; i < 4; i++) {
            CLUSTER.group(i).older(true);
        }
        try {
            Writes.Result result = ROUTER.bean(Writes.class)
                    .run(null, () -> 1, now -> {
                        TableDefinition table = now.schema().table("flights");
                        WritePlan plan = new WritePlan(table);
                        plan.wholeAlways();
                        for (long id : new long[] {1, 5_001}) {
                            Row key = Row.of(new Value.Int64(id));
                            plan.add(
                                    now.shardAt(now.schema().positionOfKey(table, key), table),
                                    RowOperation.newBuilder()
                                            .setKind(OperationKind.DELETE)
                                            .setKey(RowCodec.encode(key))
                                            .build());
                        }
                        assertThat(plan.parts()).hasSize(2);
                        return plan;
                    })
                    .join();
            assertThat(Objects.requireNonNull(result.gravest()).code()).isEqualTo(ErrorCode.OLDER_SERVER);
            assertThat(send("GET", ROW, "")).contains("\"seats\":2");
        } finally {
            for (int i = 0; i < 4; i++) {
                CLUSTER.group(i).older(false);
            }
        }
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("ETag").orElse("none");
    }

    private static String batch(String operation) {
        return send("POST", BATCH, "{\"operations\":[" + operation + "]}");
    }

    private static String send(String method, String path, String body, String... headers) {
        HttpResponse<String> answer = ROUTER.send(method, path, body, headers);
        return answer.statusCode() + " " + answer.body();
    }
}
