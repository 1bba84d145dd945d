package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.testsupport.http.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The assignment's rows interface: requests and answers to the letter. */
class SeedRowsTest {

    private static final FakeCluster CLUSTER = FakeCluster.students(3);
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
    void writesReadsUpdatesAndDeletesAsTheAssignmentSays() {
        assertThat(
                        send(
                                "POST",
                                "/write",
                                "{\"data\":[{\"Stud_id\":2255,\"Stud_name\":\"GHI\",\"Stud_marks\":27},"
                                        + "{\"Stud_id\":4100,\"Stud_name\":\"JKL\",\"Stud_marks\":56},{\"Stud_id\":1000,\"Stud_name\":\"PQR\",\"Stud_marks\":23}]}"))
                .isEqualTo("200 {\"message\":\"3 Data entries added\",\"status\":\"success\"}");
        assertThat(send("POST", "/read", "{\"Stud_id\":{\"low\":1000,\"high\":8889}}"))
                .isEqualTo("200 {\"shards_queried\":[\"sh1\",\"sh2\",\"sh3\"],\"data\":["
                        + "{\"Stud_id\":1000,\"Stud_name\":\"PQR\",\"Stud_marks\":23},"
                        + "{\"Stud_id\":2255,\"Stud_name\":\"GHI\",\"Stud_marks\":27},"
                        + "{\"Stud_id\":4100,\"Stud_name\":\"JKL\",\"Stud_marks\":56}],\"status\":\"success\"}");
        assertThat(send(
                        "PUT",
                        "/update",
                        "{\"Stud_id\":\"2255\",\"data\":{\"Stud_id\":2255,\"Stud_name\":\"GHI\",\"Stud_marks\":30}}"))
                .isEqualTo("200 {\"message\":\"Data entry for Stud_id: 2255 updated\",\"status\":\"success\"}");
        assertThat(send("POST", "/read", "{\"Stud_id\":{\"low\":2255,\"high\":2255}}"))
                .isEqualTo(
                        "200 {\"shards_queried\":[\"sh1\"],\"data\":[{\"Stud_id\":2255,\"Stud_name\":\"GHI\",\"Stud_marks\":30}],"
                                + "\"status\":\"success\"}");
        assertThat(send("DELETE", "/del", "{\"Stud_id\":2255}"))
                .isEqualTo("200 {\"message\":\"Data entry with Stud_id:2255 removed from all"
                        + " replicas\",\"status\":\"success\"}");
        assertThat(send("GET", "/read", "{\"Stud_id\":{\"low\":2000,\"high\":3000}}"))
                .isEqualTo("200 {\"shards_queried\":[\"sh1\"],\"data\":[],\"status\":\"success\"}");
    }

    @Test
    void keepsTheFirstValueOfADuplicateAndCountsIt() {
        send("POST", "/write", "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"A\",\"Stud_marks\":1}]}");
        assertThat(
                        send(
                                "POST",
                                "/write",
                                "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"B\",\"Stud_marks\":2},"
                                        + "{\"Stud_id\":2,\"Stud_name\":\"C\",\"Stud_marks\":3},{\"Stud_id\":2,\"Stud_name\":\"D\",\"Stud_marks\":4}]}"))
                .isEqualTo("200 {\"message\":\"1 Data entries added (2 duplicate entries"
                        + " skipped)\",\"status\":\"success\"}");
        assertThat(send("POST", "/read", "{\"low\":\"0\",\"high\":\"5\"}"))
                .isEqualTo(
                        "200 {\"shards_queried\":[\"sh1\"],\"data\":[{\"Stud_id\":1,\"Stud_name\":\"A\",\"Stud_marks\":1},"
                                + "{\"Stud_id\":2,\"Stud_name\":\"C\",\"Stud_marks\":3}],\"status\":\"success\"}");
    }

    @Test
    void takesTheVariantsOfOtherClients() {
        assertThat(send("POST", "/write", "{\"Stud_id\":\"5\",\"Stud_name\":7,\"Stud_marks\":\"23.5\"}"))
                .startsWith("200 {\"message\":\"1 Data entries added\"");
        assertThat(send("POST", "/write", "{\"data\":[{\"stud_id\":6,\"stud_name\":\"x\",\"stud_marks\":1}]}"))
                .startsWith("200 ");
        assertThat(send("POST", "/read", "{\"Stud_id\":{\"low\":5,\"high\":6}}"))
                .contains(
                        "[{\"Stud_id\":5,\"Stud_name\":\"7\",\"Stud_marks\":24},{\"Stud_id\":6,\"Stud_name\":\"x\",\"Stud_marks\":1}]");
        assertThat(send("POST", "/update", "{\"stud_id\":6,\"data\":{\"stud_marks\":2}}"))
                .startsWith("200 ");
        assertThat(send("POST", "/del", "{\"stud_id\":6}")).startsWith("200 ");
        assertThat(ROUTER.send("POST", "/write", "{\"data\":[]}", "Content-Type", "text/plain")
                        .body())
                .contains("0 Data entries added");
    }

    @Test
    void takesTenThousandRowsAtOnce() {
        String rows = IntStream.range(0, 10_000)
                .mapToObj(i ->
                        "{\"Stud_id\":" + i + ",\"Stud_name\":\"Student" + i + "\",\"Stud_marks\":" + i % 100 + "}")
                .collect(Collectors.joining(","));
        assertThat(send("POST", "/write", "{\"data\":[" + rows + "]}"))
                .isEqualTo("200 {\"message\":\"10000 Data entries added\",\"status\":\"success\"}");
        assertThat(CLUSTER.group(0).size()).isEqualTo(4096);
        String all = send("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":20000}}");
        assertThat(all)
                .startsWith("200 {\"shards_queried\":[\"sh1\",\"sh2\",\"sh3\"],\"data\":[{\"Stud_id\":0,")
                .endsWith(
                        "{\"Stud_id\":9999,\"Stud_name\":\"Student9999\",\"Stud_marks\":99}],\"status\":\"success\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "POST | /write | {\"data\":[{\"Stud_id\":1,} | 400 | MALFORMED_JSON | line 1, column",
                "POST | /write | | 400 | MALFORMED_JSON | line 1, column 1",
                "POST | /write | [] | 400 | MALFORMED_REQUEST | an object with \"data\" is expected, not an array",
                "POST | /write | {} | 400 | MALFORMED_REQUEST | \"data\" is missing",
                "POST | /write | {\"data\":{}} | 400 | MALFORMED_REQUEST | array of rows",
                "POST | /write | {\"data\":[1]} | 400 | MALFORMED_REQUEST | a row as an object is expected, not a"
                        + " number",
                "POST | /write | {\"data\":[{\"Stud_id\":1,\"x\":2}]} | 400 | UNKNOWN_COLUMN | has no column 'x'; it"
                        + " has [Stud_id, Stud_name, Stud_marks]",
                "POST | /write | {\"data\":[{\"Stud_name\":\"a\"}]} | 400 | MISSING_KEY | column Stud_id is missing",
                "POST | /write | {\"data\":[{\"Stud_id\":\"abc\"}]} | 400 | WRONG_TYPE | the string 'abc' given, a"
                        + " whole number expected",
                "POST | /write | {\"data\":[{\"Stud_id\":1},{\"Stud_id\":99999}]} | 400 | NO_SHARD | 99999 is in no"
                        + " shard; there are sh1 [0, 4096), sh2 [4096, 8192)",
                "POST | /write | {\"data\":[]} x | 400 | MALFORMED_JSON | line 1",
                "POST | /read | {\"Stud_id\":{\"low\":1}} | 400 | MALFORMED_REQUEST | \"high\" is missing",
                "POST | /read | {\"Stud_id\":{\"low\":\"x\",\"high\":2}} | 400 | WRONG_TYPE | 'x'",
                "PUT | /update | {\"Stud_id\":77,\"data\":{\"Stud_marks\":1}} | 404 | ROW_NOT_FOUND | Data entry for"
                        + " Stud_id: 77 not found",
                "PUT | /update | {\"Stud_id\":77,\"data\":{\"Stud_id\":78,\"Stud_marks\":1}} | 400 |"
                        + " KEY_NOT_CHANGEABLE | cannot be changed",
                "PUT | /update | {\"Stud_id\":77} | 400 | MALFORMED_REQUEST | \"data\" is missing",
                "PUT | /update | {\"Stud_id\":77,\"data\":{}} | 400 | MALFORMED_REQUEST | names no column to change",
                "DELETE | /del | {\"Stud_id\":77} | 404 | ROW_NOT_FOUND | 77 not found",
                "DELETE | /del | {} | 400 | MISSING_KEY | \"Stud_id\" is missing",
                "DELETE | /del | {\"Stud_id\":99999} | 400 | NO_SHARD | is in no shard",
                "GET | /nowhere | | 404 | UNKNOWN_ENDPOINT | '/nowhere' endpoint does not exist in server replicas",
                "PATCH | /write | | 405 | METHOD_NOT_ALLOWED | PATCH is not allowed on '/write'",
            })
    void refusesBadInputWithItsPlaceAndReason(
            String method, String path, String body, int status, String code, String reason) {
        HttpResponse<String> answer = ROUTER.send(method, path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body())
                .startsWith("{\"message\":\"<Error> ")
                .contains("\"status\":\"failure\",\"code\":\"" + code + "\"")
                .containsPattern("\"error\":\"(.+)\",\"detail\":\"\\1\"}$");
        assertThat(answer.body().replace("\\\"", "\"")).contains(reason);
        assertThat(CLUSTER.group(0).size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"POST,/write?x=%zz", "GET,/status?%", "DELETE,/rm/%2", "GET,/%zz"})
    void refusesAPathThatIsNoUri(String method, String path) throws IOException {
        try (RawClient client = new RawClient(ROUTER.port())) {
            client.send((method + " " + path + " HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            RawClient.Answer answer = Objects.requireNonNull(client.receive(false), "an answer");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":\"MALFORMED_REQUEST\"").contains("Malformed escape pair");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "snappy"})
    void refusesABodyThatIsNotEncodedAsItSays(String encoding) {
        HttpResponse<String> answer = ROUTER.send("POST", "/write", "{\"data\":[]}", "Content-Encoding", encoding);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("is not what its Content-Encoding says");
    }

    @Test
    void refusesABodyBeyondTheLimit() {
        HttpResponse<String> answer =
                ROUTER.send("POST", "/write", "{\"data\":[{\"Stud_name\":\"" + "x".repeat(17 << 20) + "\"}]}");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("\"code\":\"TOO_LARGE\"");
    }

    @Test
    void tellsTheStatusInTheAssignmentsShape() {
        CLUSTER.announce();
        assertThat(send("GET", "/status", "")
                        .replaceAll(",\"primary_server\":\"Server[0-9]\"", "")
                        .replace("\"current_master\":\"Server0\",\"master_is_original\":true,", ""))
                .isEqualTo("200 {\"N\":3,\"schema\":{\"columns\":[\"Stud_id\",\"Stud_name\",\"Stud_marks\"],"
                        + "\"dtypes\":[\"Number\",\"String\",\"Number\"]},\"shards\":["
                        + "{\"Stud_id_low\":0,\"Shard_id\":\"sh1\",\"Shard_size\":4096},"
                        + "{\"Stud_id_low\":4096,\"Shard_id\":\"sh2\",\"Shard_size\":4096},"
                        + "{\"Stud_id_low\":8192,\"Shard_id\":\"sh3\",\"Shard_size\":4096}],"
                        + "\"servers\":{\"Server0\":[\"sh1\",\"sh2\",\"sh3\"],\"Server1\":[\"sh1\",\"sh2\",\"sh3\"],"
                        + "\"Server2\":[\"sh1\",\"sh2\",\"sh3\"]},\"replicas\":[\"Server0\",\"Server1\",\"Server2\"]}");
        assertThat(send("GET", "/heartbeat", "")).isEqualTo("200 ");
        assertThat(send("GET", "/home", ""))
                .matches("200 \\{\"message\":\"Hello from Server: Server[0-2]\",\"status\":\"successful\"}");
        assertThat(send("GET", "/rep", ""))
                .isEqualTo(
                        "200 {\"message\":{\"N\":3,\"replicas\":[\"Server0\",\"Server1\",\"Server2\"]},\"status\":\"successful\"}");
    }

    @Test
    void saysThatItIsAliveAndReadyAndMeasuresItself() {
        assertThat(send("GET", "/health", "")).isEqualTo("200 {\"status\":\"healthy\",\"service\":\"coordinator\"}");
        assertThat(send("GET", "/health/live", "")).isEqualTo("200 {\"status\":\"UP\"}");
        assertThat(send("GET", "/health/ready", "")).isEqualTo("200 {\"status\":\"UP\"}");
        assertThat(send("GET", "/prometheus", "")).startsWith("200 ").contains("jvm_memory_used_bytes");
    }

    private String send(String method, String path, String body) {
        HttpResponse<String> answer = ROUTER.send(method, path, body);
        return answer.statusCode() + " " + answer.body();
    }
}
