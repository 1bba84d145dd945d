package io.shardeddb.cli.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands on rows write values as the columns take them that the router has, whatever a specification asks for. */
class TablesInForceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PARTS = """
            {"name": "parts", "columns": [{"name": "maker", "type": "INT", "nullable": false},
              {"name": "code", "type": "VARCHAR(20)", "nullable": false},
              {"name": "label", "type": "CHAR(4)", "nullable": true},
              {"name": "weight", "type": "DOUBLE", "nullable": true}],
             "primaryKey": ["maker", "code"], "shardKey": "maker"}""";
    private static final String OTHER = """
            {"name": "other", "columns": [{"name": "id", "type": "INT", "nullable": false}],
             "primaryKey": ["id"], "shardKey": "id"}""";

    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private volatile String tables = PARTS;
    private HttpServer router;

    @BeforeEach
    void start() throws IOException {
        router = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        router.createContext("/", this::answer);
        router.start();
    }

    @AfterEach
    void stop() {
        router.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().toString();
        boolean asksForTables = path.equals("/v1/tables");
        if (!asksForTables) {
            requests.add(exchange.getRequestMethod() + " " + path + " " + body);
        }
        byte[] answer = (asksForTables ? "{\"tables\":[" + tables + "]}" : "{}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private String endpoint() {
        return "http://127.0.0.1:" + router.getAddress().getPort();
    }

    private int sdb(String... words) {
        Stream<String> all = Stream.concat(Stream.of(words), Stream.of("--endpoint", endpoint()));
        return Run.of(all.toArray(String[]::new)).exitCode();
    }

    @Test
    void aWriteTakesTheTypesOfTheRouter() {
        assertThat(sdb("write", "parts", "maker=7", "code=007", "label=12", "weight=3"))
                .isEqualTo(ExitCode.OK);
        assertThat(requests)
                .singleElement()
                .asString()
                .startsWith("POST /v1/tables/parts/rows ")
                .contains("\"maker\":7,\"code\":\"007\",\"label\":\"12\",\"weight\":3");
    }

    /** Two values are the key, because the router says so. */
    @Test
    void anUpdateTakesTheKeyOfTheRouter() {
        assertThat(sdb("update", "parts", "7", "007", "label=12")).isEqualTo(ExitCode.OK);
        assertThat(requests).containsExactly("PATCH /v1/tables/parts/rows?key=7&key=007 {\"label\":\"12\"}");
        assertThat(sdb("update", "parts", "7", "label=12")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void rowsAsJsonAreSentAsTheyAre() {
        assertThat(sdb("write", "parts", "{\"maker\":\"seven\"}")).isEqualTo(ExitCode.OK);
        assertThat(requests).singleElement().asString().endsWith("[{\"maker\":\"seven\"}]");
    }

    @Test
    void saysWhichTablesThereAre() throws InterruptedException {
        tables = PARTS + "," + OTHER;
        try (RouterClient client = new RouterClient(endpoint())) {
            assertThat(TablesInForce.one(client, "other", PATIENCE).columns()).hasSize(1);
            assertThatThrownBy(() -> TablesInForce.one(client, "students", PATIENCE))
                    .isInstanceOfSatisfying(
                            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DATA))
                    .hasMessageContaining("students")
                    .hasMessageContaining("[parts, other]");
            assertThatThrownBy(() -> TablesInForce.one(client, null, PATIENCE))
                    .isInstanceOfSatisfying(
                            CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
            tables = OTHER;
            assertThat(TablesInForce.one(client, null, PATIENCE).name()).isEqualTo("other");
        }
    }
}
