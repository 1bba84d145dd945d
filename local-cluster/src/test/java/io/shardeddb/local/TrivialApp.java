package io.shardeddb.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A program for pods of tests: answers on port 8080 of its address, resolves names, appends to a file. */
public final class TrivialApp {
    private TrivialApp() {}

    /** Runs until it is ended. */
    public static void main(String[] arguments) throws IOException {
        String data = System.getenv("DATA");
        if (data != null) {
            Files.writeString(Path.of(data, "starts"), "start\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getByName(System.getenv("POD_IP")), 8080), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            String answer = switch (path) {
                case "/pid" -> Long.toString(ProcessHandle.current().pid());
                case "/args" -> String.join(" ", arguments);
                case "/env" -> System.getenv(exchange.getRequestURI().getQuery());
                case "/resolve" ->
                    InetAddress.getByName(exchange.getRequestURI().getQuery()).getHostAddress();
                default -> "ok";
            };
            byte[] bytes = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        System.out.println("listening on " + server.getAddress());
    }
}
