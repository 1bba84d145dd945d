package io.shardeddb.cli.transfer;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a collection in memory that takes chunks whole or not at all, and can stop answering half-way. */
final class ImportCommandTest {

    private static final int DOCUMENTS = 20_000;

    private final Map<String, JsonNode> stored = new HashMap<>();
    private HttpServer server;
    private int requests;
    private int stopAfter = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/tables", exchange -> answer(exchange, 200, "{\"tables\":[]}"));
        server.createContext("/v1/collections/people", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            synchronized (stored) {
                if (exchange.getRequestMethod().equals("GET")) {
                    JsonNode found = stored.get(path.substring(path.lastIndexOf('/') + 1));
                    answer(exchange, found == null ? 404 : 200, found == null ? "{}" : found.toString());
                    return;
                }
                if (path.endsWith("/find")) {
                    requests++;
                    answer(exchange, 200, found(Json.MAPPER.readTree(body)));
                    return;
                }
                int status = insert(Json.MAPPER.readTree(body));
                // From some request on, nothing is heard of what was done.
                boolean silent = ++requests > stopAfter;
                answer(exchange, silent ? 403 : status, silent ? "{\"code\":\"STOPPED\"}" : code(status));
            }
        });
        server.start();
    }

    private String found(JsonNode find) {
        ObjectNode answer = Json.MAPPER.createObjectNode().put("complete", true);
        ArrayNode documents = answer.putArray("documents");
        find.at("/filter/_id/$in").forEach(id -> {
            if (stored.containsKey(id.asText())) {
                documents.add(stored.get(id.asText()));
            }
        });
        return answer.toString();
    }

    private static String code(int status) {
        return status == 409
                ? "{\"code\":\"DUPLICATE_KEY\",\"message\":\"it exists\"}"
                : "{\"code\":\"INVALID_DOCUMENT\",\"message\":\"not so\"}";
    }

    private int insert(JsonNode documents) {
        for (JsonNode document : documents) {
            if (document.has("$bad")) {
                return 400;
            }
            if (stored.containsKey(document.path("_id").asText())) {
                return 409;
            }
        }
        documents.forEach(document -> stored.put(document.path("_id").asText(), document));
        return 200;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void stoppedHalfWayAndRunAgainEachDocumentIsThereOnce() throws IOException {
        Path file = folder.resolve("people.jsonl");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < DOCUMENTS; i++) {
            text.append("{\"name\":\"p").append(i).append("\",\"n\":").append(i).append("}\n");
        }
        Files.writeString(file, text);
        stopAfter = 20;

        Run first = run(file);
        assertThat(first.exitCode()).isNotEqualTo(0);
        assertThat(stored.size()).isBetween(20 * 500, DOCUMENTS - 1);

        stopAfter = Integer.MAX_VALUE;
        Run second = run(file);
        assertThat(second.exitCode()).as(second.err()).isEqualTo(0);
        assertThat(stored).hasSize(DOCUMENTS);
        assertThat(requests)
                .as("what was there already is not asked for one by one")
                .isLessThan(100);
        assertThat(stored.values().stream()
                        .map(document -> document.path("n").asInt())
                        .distinct())
                .hasSize(DOCUMENTS);
        assertThat(second.out()).contains(" 0 refused");

        int before = requests;
        assertThat(run(file).out()).contains("nothing was done");
        assertThat(requests).isEqualTo(before);
        Files.delete(folder.resolve("people.jsonl.progress"));
        assertThat(run(file).out()).contains("0 inserted, 20,000 were there already");
        assertThat(stored).hasSize(DOCUMENTS);
    }

    @Test
    void refusedRecordsAreWrittenDownWithLineAndReasonAndTheOthersComeIn() throws IOException {
        Path file = Files.writeString(
                folder.resolve("some.jsonl"),
                "{\"_id\":1}\nno json\n\n{\"_id\":2,\"$bad\":1}\n{\"_id\":3}\n{\"_id\":1,\"other\":1}\n");

        Run run = run(file);

        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(stored).containsOnlyKeys("1", "3");
        List<String> refused = Files.readAllLines(folder.resolve("some.jsonl.refused"));
        assertThat(refused).hasSize(3);
        assertThat(String.join("\n", refused))
                .contains(
                        "\"line\":2,",
                        "\"line\":4,\"reason\":\"INVALID_DOCUMENT",
                        "\"line\":6,\"reason\":\"DUPLICATE_KEY");
    }

    @Test
    void csvFieldsBecomeMembersAndAChangedFileIsNotTakenForTheOldOne() throws IOException {
        Path file = Files.writeString(folder.resolve("p.csv"), "_id,n,tags,note\na,1.5,\"[1,2]\",\nb,007,true,x\n");
        assertThat(run(file).exitCode()).isEqualTo(0);
        assertThat(String.valueOf(stored.get("a"))).isEqualTo("{\"_id\":\"a\",\"n\":1.5,\"tags\":[1,2]}");
        assertThat(String.valueOf(stored.get("b")))
                .isEqualTo("{\"_id\":\"b\",\"n\":\"007\",\"tags\":true,\"note\":\"x\"}");

        Files.writeString(file, "_id\nc\n");
        Run changed = run(file);
        assertThat(changed.exitCode()).isEqualTo(ExitCode.DATA);
        assertThat(changed.err()).contains("other content");
    }

    private Run run(Path file) {
        return Run.of(
                "import",
                "people",
                file.toString(),
                "--timeout",
                "5",
                "--endpoint",
                "http://127.0.0.1:" + server.getAddress().getPort());
    }
}
