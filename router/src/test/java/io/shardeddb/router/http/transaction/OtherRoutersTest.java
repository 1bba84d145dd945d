package io.shardeddb.router.http.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.shardeddb.crds.Administration;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.config.RouterSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtherRoutersTest {
    private static final String URI = "/v1/transactions/id/tables/T/rows?limit=1";

    private final OtherRouters routers = new OtherRouters(new RouterSettings(
            "test",
            "db",
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Administration.Open,
            Path.of("no-token"),
            null));
    private HttpServer owner;

    @BeforeEach
    void start() throws IOException {
        owner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        owner.createContext("/", OtherRoutersTest::repeat);
        owner.start();
    }

    @AfterEach
    void stop() {
        owner.stop(0);
        routers.close();
    }

    /** Answers with what came. */
    private static void repeat(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String came = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body + " "
                    + exchange.getRequestHeaders().getFirst("Request-Id") + " "
                    + exchange.getRequestHeaders().getFirst("Accept-Encoding") + " "
                    + exchange.getRequestHeaders().getFirst("Shardeddb-Passed-On");
            byte[] answer = came.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("ETag", "\"77\"");
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String address() {
        return "127.0.0.1:" + owner.getAddress().getPort();
    }

    private static HttpHeaders headers() {
        return new DefaultHttpHeaders()
                .add("Host", "somewhere")
                .add("Connection", "keep-alive")
                .add("Content-Length", "99")
                .add("Accept-Encoding", "gzip")
                .add("Request-Id", "c/1/2");
    }

    private static void fails(ErrorCode code, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        error -> assertThat(error.code()).isEqualTo(code));
    }

    @Test
    void passesTheRequestOnAndTheAnswerBack() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        assertThat(new String(
                        routers.ask(address(), "PATCH", "http://somewhere" + URI, headers(), body, false)
                                .body(),
                        StandardCharsets.UTF_8))
                .isEqualTo("PATCH " + URI + " {} c/1/2 null 1");
    }

    @Test
    void passesNothingOnTwice() {
        HttpHeaders passed = headers().add("Shardeddb-Passed-On", "1");
        fails(ErrorCode.TRANSACTION_NOT_FOUND, () -> routers.ask(address(), "GET", URI, passed, new byte[0], false));
    }

    @Test
    void aRouterThatIsGoneHasTakenTheTransactionAlong() {
        String address = address();
        owner.stop(0);
        fails(ErrorCode.TRANSACTION_LOST, () -> routers.ask(address, "GET", URI, headers(), new byte[0], false));
        fails(ErrorCode.OUTCOME_UNKNOWN, () -> routers.ask(address, "POST", URI, headers(), new byte[0], true));
    }

    @Test
    void aRouterThatListensEverywhereSaysNotWhere() {
        assertThat(OwnAddress.address("10.0.0.7", 5000)).isEqualTo("10.0.0.7:5000");
        assertThat(OwnAddress.address("fd00::7", 5000)).isEqualTo("[fd00::7]:5000");
        assertThat(OwnAddress.address("0.0.0.0", 5000)).isEmpty();
        assertThat(OwnAddress.address("::", 5000)).isEmpty();
    }
}
