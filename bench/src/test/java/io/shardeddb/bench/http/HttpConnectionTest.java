package io.shardeddb.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpConnectionTest {

    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "{}";
    private volatile boolean chunked;

    HttpConnectionTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, chunked ? 0 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private InetSocketAddress address() {
        return server.getAddress();
    }

    @Test
    void keepsOneConnectionForManyRequests() throws IOException {
        try (HttpConnection connection = new HttpConnection(address())) {
            for (int i = 0; i < 3; i++) {
                answer = "{\"number\":" + i + "}";
                assertThat(connection.exchange("POST", "/v1", "{\"a\":" + i + "}"))
                        .isEqualTo(200);
                assertThat(connection.body()).isEqualTo(answer);
            }
        }
        assertThat(requests).containsExactly("POST /v1 {\"a\":0}", "POST /v1 {\"a\":1}", "POST /v1 {\"a\":2}");
    }

    @Test
    void putsChunksTogether() throws IOException {
        chunked = true;
        answer = "x".repeat(100_000) + "end";
        try (HttpConnection connection = new HttpConnection(address())) {
            connection.exchange("GET", "/rows", "");
            assertThat(connection.body()).isEqualTo(answer);
            answer = "{}";
            connection.exchange("GET", "/rows", "");
            assertThat(connection.bodyLength()).isEqualTo(2);
        }
    }

    @Test
    void asksTheRouterForEachOperation() throws Exception {
        answer = "{\"rows\":[],\"complete\":true}";
        Target target = new RouterTarget("ours", address(), RouterTarget.Interface.V1);
        try (Target.Session session = target.connect(Table.students(), 0)) {
            session.run(new Operation.Insert(0, List.of(List.of(1L, "a", 2L))));
            session.run(new Operation.Insert(0, List.of(List.of(1L, "a", 2L), List.of(3L, "b", 4L))));
            session.run(new Operation.Read(7));
            session.run(new Operation.Scan(7, 10));
            session.run(new Operation.Update(7, 1, "c"));
        }
        assertThat(requests)
                .containsExactly(
                        "POST /v1/tables/StudT/rows {\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":2}",
                        "POST /v1/tables/StudT/rows [{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":2},"
                                + "{\"Stud_id\":3,\"Stud_name\":\"b\",\"Stud_marks\":4}]",
                        "GET /v1/tables/StudT/rows/7 ",
                        "GET /v1/tables/StudT/rows?from=7&limit=10 ",
                        "PATCH /v1/tables/StudT/rows/7 {\"Stud_name\":\"c\"}");
    }

    @Test
    void asksInTheAssignmentsWords() throws Exception {
        Target target = new RouterTarget("ours", address(), RouterTarget.Interface.ASSIGNMENT);
        try (Target.Session session = target.connect(Table.students(), 0)) {
            session.run(new Operation.Insert(0, List.of(List.of(1L, "Student1", 1L))));
            session.run(new Operation.Scan(5, 2));
        }
        assertThat(requests)
                .containsExactly(
                        "POST /write {\"data\":[{\"Stud_id\":1,\"Stud_name\":\"Student1\",\"Stud_marks\":1}]}",
                        "POST /read {\"Stud_id\":{\"low\":5,\"high\":6}}");
    }

    @Test
    void takesARefusalForAFailure() throws Exception {
        status = 503;
        answer = "{\"message\":\"no leader\"}";
        Target target = new RouterTarget("ours", address(), RouterTarget.Interface.V1);
        try (Target.Session session = target.connect(Table.students(), 0)) {
            assertThatThrownBy(() -> session.run(new Operation.Read(1)))
                    .isInstanceOf(LoadException.class)
                    .hasMessageContaining("503")
                    .hasMessageContaining("no leader");
        }
    }

    @Test
    void takesAnUnfinishedScanForAFailure() throws Exception {
        answer = "{\"rows\":[";
        Target target = new RouterTarget("ours", address(), RouterTarget.Interface.V1);
        try (Target.Session session = target.connect(Table.students(), 0)) {
            assertThatThrownBy(() -> session.run(new Operation.Scan(1, 1))).hasMessageContaining("not complete");
        }
    }

    @Test
    void answersFromAStubAtOnce() throws Exception {
        try (StubServer stub = StubServer.start();
                HttpConnection connection = new HttpConnection(stub.address())) {
            assertThat(connection.exchange("GET", "/", "")).isEqualTo(200);
            assertThat(connection.bodyLength()).isEqualTo(54);
        }
    }
}
