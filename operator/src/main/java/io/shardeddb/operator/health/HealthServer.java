package io.shardeddb.operator.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Health and a few figures over HTTP. */
public final class HealthServer implements AutoCloseable {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;

    /**
     * Starts it.
     *
     * @param ready whether the operator watches and reconciles
     * @param metrics figures as they are now, in Prometheus' text format
     */
    public HealthServer(InetSocketAddress address, BooleanSupplier ready, Supplier<String> metrics) throws IOException {
        this.server = HttpServer.create(address, 0);
        server.createContext("/health/live", exchange -> answer(exchange, OK, "live\n"));
        server.createContext(
                "/health/ready",
                exchange -> answer(
                        exchange,
                        ready.getAsBoolean() ? OK : UNAVAILABLE,
                        ready.getAsBoolean() ? "ready\n" : "starting\n"));
        server.createContext("/prometheus", exchange -> answer(exchange, OK, metrics.get()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
