package io.shardeddb.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.ColumnSpec;
import io.shardeddb.crds.TableSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a router that remembers what it got, and refuses or fails where a test asks for it. */
final class CsvLoadTest {

    private static final TableSpec TABLE = new TableSpec(
            "StudT",
            List.of(
                    new ColumnSpec("Stud_id", "Number", false),
                    new ColumnSpec("Stud_name", "String", true),
                    new ColumnSpec("Stud_marks", "Number", true)),
            List.of("Stud_id"),
            null);

    private final Map<Long, String> stored = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> requestIds = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private volatile long refusedId = -1;
    private volatile boolean failFirst;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String id = exchange.getRequestHeaders().getFirst(RouterClient.REQUEST_ID);
            boolean repeat = requestIds.contains(id);
            requestIds.add(id);
            int status = 200;
            JsonNode rows = new ObjectMapper().readTree(body);
            if (failFirst && !repeat) {
                status = 503;
            } else {
                for (JsonNode row : rows) {
                    status = row.path("Stud_id").asLong() == refusedId ? 400 : status;
                }
            }
            if (status == 200) {
                rows.forEach(row -> stored.put(row.path("Stud_id").asLong(), row.toString()));
            }
            byte[] answer = "{\"code\":\"INVALID_VALUE\",\"message\":\"no\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void loadsEveryRowWithTypesOfTheTable() throws Exception {
        CsvLoad.Result result = load(file(1, 25), 0);
        assertThat(result.written()).isEqualTo(25);
        assertThat(result.complete()).isEqualTo(25);
        assertThat(result.failure()).isNull();
        assertThat(stored).hasSize(25);
        assertThat(stored.get(7L)).isEqualTo("{\"Stud_id\":7,\"Stud_name\":\"name 7\",\"Stud_marks\":null}");
    }

    @Test
    void repeatsABusyAnswerUnderTheSameRequestId() throws Exception {
        failFirst = true;
        assertThat(load(file(1, 10), 0).failure()).isNull();
        assertThat(stored).hasSize(10);
        assertThat(requestIds).hasSize(2).containsOnly(requestIds.peek());
    }

    @Test
    void stopsAtARefusedBatchAndSaysUpToWhereAllIsIn() throws Exception {
        refusedId = 35;
        CsvLoad.Result result = load(file(1, 1000), 0);
        assertThat(result.failure()).contains("lines 32 to 41", "INVALID_VALUE");
        assertThat(result.failureExit()).isEqualTo(ExitCode.DATA);
        assertThat(result.complete()).isEqualTo(30);
        assertThat(result.written()).isLessThan(1000);
    }

    @Test
    void goesOnWhereItIsTold() throws Exception {
        CsvLoad.Result result = load(file(1, 25), 20);
        assertThat(result.written()).isEqualTo(5);
        assertThat(result.complete()).isEqualTo(25);
        assertThat(stored).containsOnlyKeys(21L, 22L, 23L, 24L, 25L);
    }

    @Test
    void refusesAHeadingWithAnUnknownColumnBeforeAnythingIsWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("x.csv"), "Stud_id,Name\n1,a\n");
        assertThatThrownBy(() -> load(file, 0))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no column 'Name'")
                .hasMessageContaining("Stud_marks");
        assertThat(stored).isEmpty();
    }

    @Test
    void namesTheLineWithTooFewFields() throws Exception {
        Path file = Files.writeString(folder.resolve("x.csv"), "Stud_id,Stud_name\n1,a\n2\n");
        assertThatThrownBy(() -> load(file, 0)).hasMessageContaining("line 3: 1 fields");
    }

    private Path file(long first, long last) throws IOException {
        StringBuilder text = new StringBuilder("Stud_id,Stud_name,Stud_marks\n");
        for (long id = first; id <= last; id++) {
            text.append(id).append(",name ").append(id).append(",\n");
        }
        return Files.writeString(folder.resolve("students.csv"), text);
    }

    private CsvLoad.Result load(Path file, long skip) throws InterruptedException {
        try (RouterClient router =
                new RouterClient("http://127.0.0.1:" + server.getAddress().getPort())) {
            Rows rows = new Rows(router, "StudT", RequestIds.fresh(), Duration.ofSeconds(5));
            CsvLoad.Plan plan = new CsvLoad.Plan(10, 1, Rows.WriteMode.UPSERT, skip);
            return new CsvLoad(rows, TABLE, plan, (fraction, done) -> {}).load(file);
        }
    }
}
