package io.shardeddb.router.http.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What docs/consistency.md allows clients that read with one request and write with another. Each reads strongly, from
 * two shards. Next to it stands what excludes the anomaly.
 */
class AllowedAnomaliesTest {

    private static final FakeCluster CLUSTER = FakeCluster.students(2);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROWS = "/v1/tables/StudT/rows";
    /** In the first shard. */
    private static final String ONE = ROWS + "/1";
    /** In the second. */
    private static final String OTHER = ROWS + "/5000";

    @BeforeEach
    void twoRows() {
        CLUSTER.reset();
        assertThat(ROUTER.send("PUT", ONE, row(1)).statusCode()).isEqualTo(200);
        assertThat(ROUTER.send("PUT", OTHER, row(1)).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static String row(long marks) {
        return "{\"Stud_name\":\"a\",\"Stud_marks\":" + marks + "}";
    }

    private static JsonNode json(String path) {
        HttpResponse<String> answer = ROUTER.send("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long marks(String row) {
        return json(row).get("Stud_marks").asLong();
    }

    private static int set(String row, long marks, String... headers) {
        return ROUTER.send("PATCH", row, "{\"Stud_marks\":" + marks + "}", headers)
                .statusCode();
    }

    /** Two clients each add 1 to what they have read. */
    @Test
    void anUpdateIsLostBetweenAReadAndAWrite() {
        long first = marks(ONE);
        long second = marks(ONE);
        assertThat(set(ONE, first + 1)).isEqualTo(200);
        assertThat(set(ONE, second + 1)).isEqualTo(200);
        assertThat(marks(ONE)).isEqualTo(2);
    }

    @Test
    void noUpdateIsLostUnderTheVersionThatWasRead() {
        String version =
                ROUTER.send("GET", ONE, "").headers().firstValue("ETag").orElseThrow();
        assertThat(set(ONE, 2, "If-Match", version)).isEqualTo(200);
        assertThat(set(ONE, 2, "If-Match", version)).isEqualTo(412);
        assertThat(marks(ONE)).isEqualTo(2);
    }

    /** One of the two rows is to stay 1. Each client sees that the other row is, and clears its own. */
    @Test
    void writesAreSkewedBetweenReadsAndWrites() {
        assertThat(marks(OTHER)).isEqualTo(1);
        assertThat(marks(ONE)).isEqualTo(1);
        assertThat(set(ONE, 0)).isEqualTo(200);
        assertThat(set(OTHER, 0)).isEqualTo(200);
        assertThat(marks(ONE) + marks(OTHER)).isZero();
    }

    /** A version protects its own row alone. */
    @Test
    void versionsOfWrittenRowsDoNotExcludeSkew() {
        String one = ROUTER.send("GET", ONE, "").headers().firstValue("ETag").orElseThrow();
        String other =
                ROUTER.send("GET", OTHER, "").headers().firstValue("ETag").orElseThrow();
        assertThat(set(ONE, 0, "If-Match", one)).isEqualTo(200);
        assertThat(set(OTHER, 0, "If-Match", other)).isEqualTo(200);
        assertThat(marks(ONE) + marks(OTHER)).isZero();
    }

    /** Between two requests both rows change together. */
    @Test
    void twoRequestsSeeTwoMoments() {
        long first = marks(ONE);
        HttpResponse<String> both = ROUTER.send(
                "PUT",
                ROWS,
                "[{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":7},"
                        + "{\"Stud_id\":5000,\"Stud_name\":\"a\",\"Stud_marks\":7}]");
        assertThat(both.statusCode()).as(both.body()).isEqualTo(200);
        assertThat(first).isEqualTo(1);
        assertThat(marks(OTHER)).isEqualTo(7);
    }

    /** A row comes behind the first page, and another goes: neither page alone would show it. */
    @Test
    void rowsComeAndGoBetweenPages() {
        JsonNode page = json(ROWS + "?limit=1");
        assertThat(page.get("rows").get(0).get("Stud_id").asLong()).isEqualTo(1);
        assertThat(ROUTER.send("PUT", ROWS + "/2", row(2)).statusCode()).isEqualTo(200);
        assertThat(ROUTER.send("DELETE", OTHER, "").statusCode()).isEqualTo(200);
        JsonNode next = json(ROWS + "?from=2&limit=1");
        assertThat(next.get("rows").get(0).get("Stud_id").asLong()).isEqualTo(2);
        assertThat(json(ROWS).get("count").asInt()).isEqualTo(2);
    }
}
