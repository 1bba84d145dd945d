package io.shardeddb.router.http.collections;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What travels for a find, how it is explained, and answers and requests in lines. */
class DocumentFindsTest {

    private static final int SHARDS = 2;
    private static final FakeCluster CLUSTER =
            FakeCluster.documents("people", SHARDS, new IndexDefinition("by_city", List.of("doc"), "address.city"));
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final String PEOPLE = "/v1/collections/people";
    private static final String LINES = "application/x-ndjson";

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static String send(String path, String body, String... headers) {
        HttpResponse<String> answer = ROUTER.send("POST", path, body, headers);
        return answer.statusCode() + " " + answer.body().replaceAll(",?\"timestamp\":[0-9]+", "");
    }

    private static void insert(int count) {
        String lines = String.join(
                "\n",
                IntStream.range(0, count)
                        .mapToObj(i -> "{\"_id\":%d,\"n\":%d,\"city\":\"c%d\"}".formatted(i, count - i, i % 10))
                        .toList());
        assertThat(send(PEOPLE, lines, "Content-Type", LINES)).startsWith("201 {\"inserted\":" + count);
        assertThat(send(PEOPLE + "/count", "{}")).isEqualTo("200 {\"count\":" + count + "}");
    }

    private static long given() {
        return IntStream.range(0, SHARDS)
                .mapToLong(shard -> CLUSTER.group(shard).given.get())
                .sum();
    }

    private static long givenFor(Runnable request) {
        long before = given();
        request.run();
        return given() - before;
    }

    @Test
    void whatCannotMatchDoesNotTravel() {
        insert(200);
        assertThat(givenFor(() -> assertThat(send(PEOPLE + "/count", "{\"filter\":{\"city\":\"c7\"}}"))
                        .isEqualTo("200 {\"count\":20}")))
                .isEqualTo(20);
        assertThat(givenFor(() -> assertThat(send(PEOPLE + "/find", "{\"filter\":{\"city\":\"c7\",\"n\":{\"$ne\":3}}}"))
                        .contains("\"count\":19")))
                .isEqualTo(20);
        assertThat(givenFor(() -> assertThat(send(
                                PEOPLE + "/aggregate",
                                "{\"pipeline\":[{\"$match\":{\"n\":{\"$lte\":5}}},{\"$count\":\"c\"}]}"))
                        .contains("{\"c\":5}")))
                .isEqualTo(5);
        assertThat(send(
                        PEOPLE + "/update",
                        "{\"filter\":{\"city\":\"c1\"},\"update\":{\"$set\":{\"city\":\"x\"}},\"many\":true}"))
                .isEqualTo("200 {\"matched\":20,\"modified\":20}");
    }

    @Test
    void serversOfAnOlderReleaseGiveAllAndTheRouterDecides() {
        insert(100);
        CLUSTER.group(0).older(true);
        CLUSTER.group(1).older(true);
        assertThat(givenFor(() -> assertThat(send(PEOPLE + "/count", "{\"filter\":{\"city\":\"c7\"}}"))
                        .isEqualTo("200 {\"count\":10}")))
                .isEqualTo(100);
    }

    @Test
    void aFindIsExplained() {
        String find = """
                {"filter":{"address.city":"Paris","age":{"$ne":7}},"sort":{"age":1},"limit":5}""";
        assertThat(send(PEOPLE + "/explain", find))
                .isEqualTo("200 {\"collection\":\"people\",\"shards\":[\"sh1\",\"sh2\"],"
                        + "\"access\":\"indexes\",\"indexes\":["
                        + "{\"index\":\"by_city\",\"path\":\"address.city\",\"as\":\"texts\",\"ranges\":1}],"
                        + "\"sql\":{\"condition\":\"(CAST(JSON_UNQUOTE(JSON_EXTRACT(`doc`, ?)) AS BINARY)"
                        + " = CAST(? AS BINARY) OR JSON_TYPE(JSON_EXTRACT(`doc`, ?)) = 'ARRAY'"
                        + " OR JSON_TYPE(JSON_EXTRACT(`doc`, ?)) = 'ARRAY')\",\"parameters\":["
                        + "\"$.\\\"address\\\".\\\"city\\\"\",\"Paris\",\"$.\\\"address\\\".\\\"city\\\"\","
                        + "\"$.\\\"address\\\"\"]},"
                        + "\"router\":\"decides the whole filter on each document that comes\","
                        + "\"routerAlone\":[\"a negation at age\"],"
                        + "\"sort\":\"in the router's memory, by all of the order\"}");
        assertThat(send(PEOPLE + "/explain", "{\"filter\":{\"_id\":5}}"))
                .contains(
                        "\"access\":\"keys\",\"keys\":1", "\"sort\":\"none: documents are kept in the order of _id\"");
        assertThat(send(PEOPLE + "/explain", "{\"filter\":{\"$nor\":[{\"a\":1}]}}"))
                .contains("\"access\":\"all documents of these shards\"", "\"routerAlone\":[\"$nor\"]")
                .doesNotContain("\"sql\"");
        assertThat(send(PEOPLE + "/explain", "{\"filter\":{\"a\":{\"$no\":1}}}"))
                .startsWith("400 ")
                .contains("INVALID_FILTER");
    }

    @Test
    void aFindInLinesGivesAllDocumentsAndThenThatItIsWhole() {
        insert(1_500);
        String[] lines = ROUTER.send("POST", PEOPLE + "/find", "{\"projection\":{\"n\":1}}", "Accept", LINES)
                .body()
                .split("\n", -1);
        assertThat(lines).hasSize(1_502).startsWith("{\"_id\":0,\"n\":1500}", "{\"_id\":1,\"n\":1499}");
        assertThat(lines[1_500]).isEqualTo("{\"$complete\":true,\"$count\":1500}");
        assertThat(send(PEOPLE + "/find", "{\"sort\":{\"n\":1},\"skip\":1,\"limit\":2}", "Accept", LINES))
                .isEqualTo("""
                        200 {"_id":1498,"city":"c8","n":2}
                        {"_id":1497,"city":"c7","n":3}
                        {"$complete":true,"$count":2}
                        """);
        assertThat(send(PEOPLE + "/find", "{\"sort\":{\"_id\":-1},\"limit\":1}", "Accept", LINES))
                .startsWith("200 {\"_id\":1499,");
        assertThat(ROUTER.send("POST", PEOPLE + "/find", "{}", "Accept", LINES)
                        .headers()
                        .firstValue("Content-Type"))
                .hasValue(LINES);
    }

    @Test
    void aPipelineInLinesGivesWhatItsStagesMake() {
        insert(40);
        assertThat(send(
                        PEOPLE + "/aggregate",
                        "{\"pipeline\":[{\"$group\":{\"_id\":\"$city\",\"n\":{\"$sum\":1}}},{\"$limit\":2}]}",
                        "Accept",
                        LINES))
                .isEqualTo(
                        "200 {\"_id\":\"c0\",\"n\":4}\n{\"_id\":\"c1\",\"n\":4}\n{\"$complete\":true,\"$count\":2}\n");
        assertThat(send(PEOPLE + "/aggregate", "{\"pipeline\":[{\"$no\":1}]}", "Accept", LINES))
                .startsWith("400 ")
                .contains("INVALID_PIPELINE");
        assertThat(send("/v1/collections/nobody/find", "{}", "Accept", LINES))
                .startsWith("404 ")
                .contains("COLLECTION_NOT_FOUND");
    }

    @Test
    void aWrongLineIsNamedAndNothingIsInserted() {
        assertThat(send(PEOPLE, "{\"_id\":1}\n\n{\"_id\":\n", "Content-Type", LINES))
                .startsWith("400 ")
                .contains("MALFORMED_JSON", "line 3");
        assertThat(send(PEOPLE, "{\"_id\":1}\r\n7\r\n", "Content-Type", LINES + "; charset=utf-8"))
                .startsWith("400 ")
                .contains("INVALID_DOCUMENT", "document.1");
        assertThat(send(PEOPLE + "/count", "{}")).isEqualTo("200 {\"count\":0}");
    }
}
