package io.shardeddb.systemtests.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a router and tells its clients some things that are not so. */
public final class LyingRouter implements AutoCloseable {

    /** How often it lies. */
    private static final int ONE_IN = 10;

    /** Between the two moments of a torn answer. */
    private static final int TORN_MILLIS = 20;

    /** What it does wrong. */
    public enum Lie {
        /** Answers that a write is done, and does nothing. */
        LOSES,
        /** Does a write, and answers that nothing was done. */
        DENIES,
        /** Does a write once more, under another id. */
        DOUBLES,
        /** Answers a range with rows of two moments. */
        TEARS
    }

    private final String endpoint;
    private final Lie lie;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(16);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicLong writes = new AtomicLong();

    public LyingRouter(String endpoint, Lie lie) throws IOException {
        this.endpoint = endpoint;
        this.lie = lie;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it answers. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            // The rows of the beginning are there.
            boolean lies = !exchange.getRequestMethod().equals("GET") && writes.incrementAndGet() > 10;
            lies &= writes.get() % ONE_IN == 0;
            if (lie == Lie.TEARS && exchange.getRequestURI().toString().contains("rows?")) {
                String early = forward(exchange, body, "").body();
                Thread.sleep(TORN_MILLIS);
                answer(exchange, 200, torn(early, forward(exchange, body, "").body()));
                return;
            }
            if (lies && lie == Lie.LOSES) {
                answer(exchange, 200, "{\"operations\":1,\"affected\":1,\"timestamp\":1}");
                return;
            }
            HttpResponse<String> answer = forward(exchange, body, "");
            if (lies && lie == Lie.DOUBLES) {
                forward(exchange, body, "again-");
            }
            if (lies && lie == Lie.DENIES) {
                answer(exchange, 409, "{\"status\":409,\"code\":\"OUT_OF_BOUNDS\",\"message\":\"not done\"}");
            } else {
                answer(exchange, answer.statusCode(), answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Every other row of each. */
    private static String torn(String early, String late) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode answer = mapper.readTree(early);
        JsonNode later = mapper.readTree(late).path("rows");
        if (answer.path("rows") instanceof ArrayNode rows) {
            for (int i = 0; i < Math.min(rows.size(), later.size()); i += 2) {
                rows.set(i, later.get(i));
            }
        }
        return mapper.writeValueAsString(answer);
    }

    private HttpResponse<String> forward(HttpExchange exchange, byte[] body, String idPrefix)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + exchange.getRequestURI()))
                .header("Content-Type", "application/json")
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        String id = exchange.getRequestHeaders().getFirst("Request-Id");
        if (id != null) {
            request.header("Request-Id", idPrefix + id);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        http.close();
    }
}
