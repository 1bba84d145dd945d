package io.shardeddb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A router that answers what a test tells it to, and remembers what it was asked. */
public final class FakeRouter implements AutoCloseable {

    private static final String TABLES = """
            {"tables":[
              {"name":"StudT","columns":[{"name":"Stud_id","type":"Number","nullable":false},
                {"name":"Stud_name","type":"String","nullable":true},
                {"name":"Stud_marks","type":"Number","nullable":true}],"primaryKey":["Stud_id"],"shardKey":"Stud_id"},
              {"name":"people","columns":[{"name":"_id","type":"VARBINARY(1024)","nullable":false},
                {"name":"doc","type":"JSON","nullable":false}],"primaryKey":["_id"],"shardKey":"_id"}]}
            """;

    /**
     * A request.
     *
     * @param line method and path with its query
     * @param body its body as text
     * @param id its Request-Id; null: none
     * @param authorization its credentials; null: none
     */
    public record Asked(
            String line,
            String body,
            @Nullable String id,
            @Nullable String authorization) {

        /** Its body as JSON. */
        public JsonNode json() {
            try {
                return Json.MAPPER.readTree(body);
            } catch (IOException e) {
                throw new AssertionError(body, e);
            }
        }
    }

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, List<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    public FakeRouter() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Answer answer = next(line);
            if (!line.equals("GET /v1/tables")) {
                asked.add(new Asked(
                        line,
                        body,
                        exchange.getRequestHeaders().getFirst("Request-Id"),
                        exchange.getRequestHeaders().getFirst("Authorization")));
            }
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        answer("GET /v1/tables", 200, TABLES);
    }

    private synchronized Answer next(String line) {
        List<Answer> left = answers.getOrDefault(line, List.of());
        if (left.isEmpty()) {
            return new Answer(404, "{\"code\":\"NOT_FOUND\",\"message\":\"no answer was prepared for " + line + "\"}");
        }
        return left.size() == 1 ? left.getFirst() : left.removeFirst();
    }

    /** Answers a request so. Several for one request are given one after the other, and the last one again. */
    public synchronized void answer(String line, int status, String body) {
        answers.computeIfAbsent(line, key -> new ArrayList<>()).add(new Answer(status, body));
    }

    /** What it was asked besides its tables, in order. */
    public List<Asked> asked() {
        return asked;
    }

    /** The only thing that it was asked. */
    public Asked only() {
        if (asked.size() != 1) {
            throw new AssertionError("asked: " + asked);
        }
        return asked.getFirst();
    }

    /** Where it listens. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Runs a command against this router. */
    public Run run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--endpoint", address(), "--timeout", "5"));
        return Run.of(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
