package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The attempts of probes: an HTTP request, a TCP connection or a command. */
final class Probes {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private Probes() {}

    /** Makes the commands that exec probes and hooks run. */
    @FunctionalInterface
    interface Exec {
        /** Starts a command in the surroundings of the container. */
        Process start(JsonNode command) throws IOException;
    }

    static ProbeLoop.Probe of(JsonNode probe, String address, JsonNode container, Exec exec) {
        if (probe.has("httpGet")) {
            return timeout -> http(probe.path("httpGet"), address, container, timeout);
        }
        if (probe.has("exec")) {
            return timeout -> command(Tree.at(probe, "exec", "command"), exec, timeout);
        }
        // A gRPC health check is reduced to its connection.
        JsonNode socket = probe.has("tcpSocket") ? probe.path("tcpSocket") : probe.path("grpc");
        return timeout -> tcp(Tree.textOr(socket, address, "host"), port(socket.path("port"), container), timeout);
    }

    private static int port(JsonNode port, JsonNode container) {
        if (port.isTextual()) {
            JsonNode named = Tree.find(container.path("ports"), "name", port.asText());
            return named == null ? port.asInt(0) : named.path("containerPort").asInt();
        }
        return port.asInt();
    }

    static String http(JsonNode get, String address, JsonNode container, Duration timeout) throws InterruptedException {
        String url = Tree.textOr(get, "HTTP", "scheme").toLowerCase(java.util.Locale.ROOT) + "://"
                + Tree.textOr(get, address, "host") + ":" + port(get.path("port"), container)
                + Tree.textOr(get, "/", "path");
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(timeout).header("User-Agent", "kube-probe/1.32");
            get.path("httpHeaders")
                    .forEach(h -> request.header(
                            h.path("name").asText(), h.path("value").asText()));
            int status = HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return status >= 200 && status < 400 ? "" : "HTTP probe failed with statuscode: " + status;
        } catch (IOException | IllegalArgumentException e) {
            return "Get \"" + url + "\": " + e;
        }
    }

    private static String tcp(String host, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return "";
        } catch (IOException e) {
            return "dial tcp " + host + ":" + port + ": " + e.getMessage();
        }
    }

    static String command(JsonNode command, Exec exec, Duration timeout) throws InterruptedException {
        try {
            Process process = exec.start(command);
            try {
                return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        ? process.exitValue() == 0 ? "" : "command exited with " + process.exitValue()
                        : "command timed out after " + timeout.toSeconds() + " s";
            } finally {
                // Also when the probe is stopped in the middle.
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return "command cannot be run: " + e.getMessage();
        }
    }
}
