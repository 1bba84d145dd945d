package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.fake.FakeCluster;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows on the real server, where its own requests come on the same connections. */
class DirectRowsTest {

    private static final String ROWS = "/v1/tables/StudT/rows";

    /** Everything that comes until the other side ends the connection. */
    private static String exchange(RouterUnderTest router, String requests) {
        try (Socket socket = open(router)) {
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
            return rest(socket);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Socket open(RouterUnderTest router) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), router.uri("/").getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String request(String method, String path, String body, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: test\r\n" + String.join("", headers) + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void answersOfBothKindsKeepTheirOrder() {
        try (FakeCluster cluster = FakeCluster.students(2);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            String answers = exchange(
                    router,
                    request("POST", ROWS, "{\"Stud_id\":1}")
                            + request("GET", "/health/live", "")
                            + request("GET", ROWS + "/1?columns=Stud_id", "")
                            + request("GET", ROWS + "?limit=1&columns=Stud_id", "")
                            + request("GET", "/health/ready", "")
                            + request("DELETE", ROWS + "/1", "")
                            + request("POST", "/read", "{\"Stud_id\":{\"low\":0,\"high\":9}}")
                            + request("GET", ROWS + "?key=1", "", "Connection: close\r\n")
                            + request("GET", "/health/live", ""));
            assertThat(answers.replaceAll("(?s)HTTP/1.1 ([0-9]+).*?\r\n\r\n", "\n$1 "))
                    .isEqualTo("""

                            201 {"operations":1,"affected":1,"timestamp":1}
                            200 {"status":"UP"}
                            200 {"Stud_id":1}
                            200 {"rows":[{"Stud_id":1}],"count":1,"complete":true}
                            200 {"status":"UP"}
                            200 {"operations":1,"affected":1,"timestamp":2}
                            200 {"shards_queried":["sh1"],"data":[],"status":"success"}
                            404 {"status":404,"message":"table StudT has no row with key 1","code":"ROW_NOT_FOUND","kind":"refused",\
                            "details":{"key":"1","table":"StudT"}}""");
            assertThat(answers.split("date: ", -1))
                    .as("each answer has its date")
                    .hasSize(9);
        }
    }

    @Test
    void aRequestUnderWayIsAnsweredBeforeTheServerGoes() throws IOException {
        try (FakeCluster cluster = FakeCluster.students(1)) {
            RouterUnderTest router = RouterUnderTest.before(cluster);
            cluster.group(0).refuseWith(ErrorCode.SHARD_CLOSED);
            CompletableFuture<Void> gone;
            try (Socket socket = open(router)) {
                socket.getOutputStream()
                        .write(request("POST", ROWS, "{\"Stud_id\":1}").getBytes(StandardCharsets.UTF_8));
                Awaitility.await().until(() -> cluster.server(0).calls.get() > 0);
                gone = CompletableFuture.runAsync(router::close);
                Awaitility.await().until(() -> refusesConnections(router));
                cluster.group(0).refuseWith(null);
                assertThat(rest(socket)).startsWith("HTTP/1.1 201 ").contains("connection: close");
            }
            gone.join();
        }
    }

    private static boolean refusesConnections(RouterUnderTest router) throws IOException {
        try (Socket socket = open(router)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/tables/StudT/rows/1, 'DELETE, GET, HEAD, PATCH, PUT'",
        "OPTIONS, /v1/tables/StudT/rows, 'DELETE, GET, HEAD, PATCH, POST, PUT'",
        "GET, /v1/tables/StudT/batch, POST",
        "MADEUP, /v1/tables/StudT/batch, POST",
    })
    void refusesMethodsThatAPathDoesNotHave(String method, String path, String allowed) {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            HttpResponse<String> answer = router.send(method, path, "");
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains(allowed);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).contains("METHOD_NOT_ALLOWED").contains(method + " is not allowed on '" + path);
        }
    }

    @Test
    void refusesWhoTakesNoJson() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            router.send("POST", ROWS, "{\"Stud_id\":1}");
            assertThat(router.send("GET", ROWS + "/1", "", "Accept", "text/plain")
                            .statusCode())
                    .isEqualTo(400);
            for (String accepted : new String[] {"*/*", "text/html, application/json;q=0.5", "application/*"}) {
                assertThat(router.send("GET", ROWS + "/1", "", "Accept", accepted)
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aWrongTokenIsRefusedBeforeAnythingIsWritten() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            HttpResponse<String> answer = router.send("POST", ROWS, "{\"Stud_id\":1}", "Session-Token", "@@");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(cluster.group(0).size()).isZero();
        }
    }

    @Test
    void countsThemWithTheServersOwn() {
        try (FakeCluster cluster = FakeCluster.students(1);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            router.send("POST", ROWS, "{\"Stud_id\":1}");
            router.send("GET", ROWS + "/1", "");
            router.send("GET", ROWS + "/2", "");
            router.send("GET", ROWS, "");
            String metrics = router.send("GET", "/prometheus", "").body();
            String counter = "http_server_requests_seconds_count{exception=\"none\",method=";
            assertThat(metrics)
                    .contains(counter + "\"POST\",status=\"201\",uri=\"/v1/tables/{table}/rows\"} 1")
                    .contains(counter + "\"GET\",status=\"200\",uri=\"/v1/tables/{table}/rows/{key}\"} 1")
                    .contains(counter + "\"GET\",status=\"404\",uri=\"NOT_FOUND\"} 1")
                    .contains(counter + "\"GET\",status=\"200\",uri=\"/v1/tables/{table}/rows\"} 1");
        }
    }
}
