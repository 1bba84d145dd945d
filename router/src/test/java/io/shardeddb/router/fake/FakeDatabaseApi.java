package io.shardeddb.router.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A Kubernetes API that shows one ShardedDatabase, the same whatever is patched, and notes what it is asked. */
public final class FakeDatabaseApi implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final byte[] database;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> patches = new CopyOnWriteArrayList<>();
    private final AtomicInteger nextPatch = new AtomicInteger(200);

    /** @param database the object, as JSON */
    public FakeDatabaseApi(String database) {
        this.database = database.getBytes(StandardCharsets.UTF_8);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            boolean patch = exchange.getRequestMethod().equals("PATCH");
            int status = 200;
            if (patch) {
                patches.add(body);
                status = nextPatch.getAndSet(200);
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, database.length);
            exchange.getResponseBody().write(database);
        }
    }

    public String address() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    /** Method and path of each request. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** The bodies of all patches. */
    public List<JsonNode> patches() {
        List<JsonNode> read = new ArrayList<>();
        for (String patch : patches) {
            try {
                read.add(JSON.readTree(patch));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
        return read;
    }

    /** Answers the next patch with another status than 200. */
    public void answerTheFirstPatchWith(int status) {
        nextPatch.set(status);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
