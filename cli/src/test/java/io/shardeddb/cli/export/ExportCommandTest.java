package io.shardeddb.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a router in memory with a table in two shards and a collection, which can stop answering half-way. */
final class ExportCommandTest {

    private static final int ROWS = 3_000;

    private static final String TABLES = """
            {"tables":[
              {"name":"T","columns":[{"name":"id","type":"Number","nullable":false},
                {"name":"name","type":"String","nullable":true}],"primaryKey":["id"],"shardKey":"id"},
              {"name":"people","columns":[{"name":"_id","type":"VARBINARY(1024)","nullable":false},
                {"name":"doc","type":"JSON","nullable":false}],"primaryKey":["_id"],"shardKey":"_id"}]}
            """;

    private final NavigableMap<Long, JsonNode> rows = new TreeMap<>();
    private final NavigableMap<String, JsonNode> documents = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int pagesLeft = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        for (long id = 0; id < ROWS; id++) {
            ObjectNode row = Json.object().put("id", id);
            rows.put(id, id % 7 == 0 ? row.putNull("name") : row.put("name", id % 5 == 0 ? "" : "\\N, \"" + id));
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(exchange.getRequestMethod() + " " + path);
        Map<String, String> query = new HashMap<>();
        for (String pair : String.valueOf(exchange.getRequestURI().getQuery()).split("&", -1)) {
            query.put(pair.split("=", 2)[0], pair.substring(pair.indexOf('=') + 1));
        }
        if (path.equals("/v1/tables")) {
            answer(exchange, 200, TABLES);
        } else if (path.equals("/status")) {
            answer(exchange, 200, "{\"shards\":[{\"Stud_id_low\":0},{\"Stud_id_low\":1500}]}");
        } else if (path.equals("/v1/transactions")) {
            answer(exchange, 201, "{\"id\":\"t1\"}");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            answer(exchange, 200, "{}");
        } else if (exchange.getRequestMethod().equals("POST")) {
            insert(exchange, path, Json.MAPPER.readTree(body));
        } else if (pagesLeft-- <= 0) {
            answer(exchange, 409, "{\"code\":\"TRANSACTION_ENDED\",\"message\":\"stopped\"}");
        } else if (path.contains("/tables/people/rows")) {
            answer(
                    exchange,
                    200,
                    page(documents, query, "", "\uffff", key -> key).toString());
        } else {
            answer(
                    exchange,
                    200,
                    page(rows, query, Long.MIN_VALUE, Long.MAX_VALUE, Long::parseLong)
                            .toString());
        }
    }

    private static <K extends Comparable<K>> ObjectNode page(
            NavigableMap<K, JsonNode> all,
            Map<String, String> query,
            K lowest,
            K highest,
            java.util.function.Function<String, K> key) {
        NavigableMap<K, JsonNode> range = query.containsKey("continuation")
                ? all.tailMap(key.apply(query.get("continuation")), false)
                : all.tailMap(query.containsKey("from") ? key.apply(query.get("from")) : lowest, true);
        range = range.headMap(query.containsKey("to") ? key.apply(query.get("to")) : highest, true);
        ObjectNode answer = Json.object();
        ArrayNode page = answer.putArray("rows");
        int limit = Integer.parseInt(query.get("limit"));
        for (Map.Entry<K, JsonNode> entry : range.entrySet()) {
            if (page.size() == limit) {
                return answer.put("continuation", String.valueOf(all.lowerKey(entry.getKey())));
            }
            page.add(entry.getValue());
        }
        return answer;
    }

    private void insert(HttpExchange exchange, String path, JsonNode given) throws IOException {
        for (JsonNode record : given) {
            if (path.contains("/collections/")) {
                documents.put(record.path("_id").asText(), Json.object().set("doc", record));
            } else {
                rows.put(record.path("id").asLong(), record);
            }
        }
        answer(exchange, 200, "{}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Run run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--timeout",
                "5",
                "--endpoint",
                "http://127.0.0.1:" + server.getAddress().getPort()));
        return Run.of(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows.jsonl", "rows.csv"})
    void aTableThatIsExportedAndImportedIsTheSame(String name) {
        Path file = folder.resolve(name);
        Run export = run("export", "T", file.toString());
        assertThat(export.exitCode()).as(export.err()).isEqualTo(0);
        assertThat(export.out()).contains("3,000 records");
        assertThat(folder.resolve(name + ".exporting")).doesNotExist();

        Map<Long, JsonNode> before = Map.copyOf(rows);
        rows.clear();
        Run back = run("import", "T", file.toString());
        assertThat(back.exitCode()).as(back.err()).isEqualTo(0);
        assertThat(rows.toString()).isEqualTo(new TreeMap<>(before).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"people.jsonl", "people.csv"})
    void aCollectionThatIsExportedAndImportedIsTheSame(String name) throws IOException {
        for (String document : List.of(
                "{\"_id\":\"a\",\"n\":1,\"t\":\"1\",\"e\":\"\",\"z\":null}",
                "{\"_id\":\"b\",\"n\":2.5,\"tags\":[1,\"x\"],\"o\":{\"p\":{}}}",
                "{\"_id\":\"c\",\"t\":\"line\\nand \\\"quote\\\", true\"}")) {
            JsonNode node = Json.MAPPER.readTree(document);
            documents.put(node.path("_id").asText(), Json.object().set("doc", node));
        }
        Map<String, JsonNode> before = Map.copyOf(documents);
        Path file = folder.resolve(name);
        Run export = run("export", "people", file.toString());
        assertThat(export.exitCode()).as(export.err()).isEqualTo(0);

        documents.clear();
        Run back = run("import", "people", file.toString());
        assertThat(back.exitCode()).as(back.err()).isEqualTo(0);
        assertThat(documents.toString()).isEqualTo(new TreeMap<>(before).toString());
    }

    @Test
    void stoppedHalfWayAndRunAgainEachRowIsThereOnce() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        pagesLeft = 5;
        assertThat(run("export", "T", file.toString()).exitCode()).isNotEqualTo(0);
        assertThat(folder.resolve("rows.jsonl.exporting")).exists();
        // What was written and not noted is cut off.
        Files.writeString(file, "{\"id\":7,", StandardOpenOption.APPEND);

        pagesLeft = Integer.MAX_VALUE;
        Run second = run("export", "T", file.toString());
        assertThat(second.exitCode()).as(second.err()).isEqualTo(0);
        List<Long> ids = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ids.add(Json.MAPPER.readTree(line).path("id").asLong());
        }
        assertThat(ids).hasSize(ROWS).doesNotHaveDuplicates();
    }

    @Test
    void anExportInOneMomentReadsInATransactionAndSaysWhenItEnded() {
        Path file = folder.resolve("rows.jsonl");
        Run whole = run("export", "T", file.toString(), "--one-moment", "--columns", "id");
        assertThat(whole.exitCode()).as(whole.err()).isEqualTo(0);
        assertThat(asked)
                .contains(
                        "POST /v1/transactions", "GET /v1/transactions/t1/tables/T/rows", "DELETE /v1/transactions/t1")
                .doesNotContain("GET /v1/tables/T/rows");

        pagesLeft = 3;
        Run ended = run("export", "T", file.toString(), "--one-moment", "--overwrite");
        assertThat(ended.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(ended.err()).contains("at most 300 s");
    }

    @Test
    void aFileThatIsThereIsNotReplacedUnasked() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), "mine\n");
        assertThat(run("export", "T", file.toString()).exitCode()).isEqualTo(ExitCode.CANNOT_CREATE);
        assertThat(file).hasContent("mine");
        assertThat(run("export", "T", file.toString(), "--overwrite").exitCode())
                .isEqualTo(0);
        assertThat(run("export", "nothing", folder.resolve("x").toString()).exitCode())
                .isEqualTo(ExitCode.DATA);
    }
}
