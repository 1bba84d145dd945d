package io.shardeddb.cli.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.local.LocalCluster;
import io.shardeddb.local.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands with a kubeconfig reach a router that has no address outside of its cluster. */
final class PortForwardIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static @Nullable LocalCluster cluster;
    private static @Nullable HttpServer router;

    @BeforeAll
    static void start() throws IOException {
        ObjectNode images = new ObjectMapper().createObjectNode();
        images.putObject("sh").put("kind", "command");
        cluster = LocalCluster.start(home(), new Settings(0, images, null));
        Path definition = folder.resolve("definition.yaml");
        try (InputStream yaml = PortForwardIT.class.getResourceAsStream("/crds/shardeddatabases.shardeddb.io.yaml")) {
            Files.write(definition, Objects.requireNonNull(yaml).readAllBytes());
        }
        apply(Files.readString(definition));
        apply("""
                apiVersion: shardeddb.io/v1alpha1
                kind: ShardedDatabase
                metadata: {name: far}
                spec:
                  sharding: {strategy: Hash}
                  shardCount: 2
                  tables:
                    - {name: t, columns: [{name: k, type: String}], primaryKey: [k]}
                """);
    }

    @AfterAll
    static void stop() throws IOException {
        if (router != null) {
            router.stop(0);
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Path home() {
        return folder.resolve("home");
    }

    private static void apply(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("object.yaml"), yaml);
        Run run = Run.of("apply", "-f", file.toString(), "--home", home().toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static Run find() {
        return Run.of(
                "find",
                "t",
                "--timeout",
                "10",
                "--kubeconfig",
                home().resolve("kubeconfig").toString());
    }

    @Test
    void rowsAreReadThroughTheApiOnceARouterIsReady() throws IOException {
        Run early = find();
        assertThat(early.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(early.err()).contains("no router of database far is ready");

        apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: far-router-x
                  labels:
                    app.kubernetes.io/name: shardeddb
                    app.kubernetes.io/component: router
                    shardeddb.io/database: far
                spec:
                  containers:
                  - {name: router, image: sh:1, command: [sleep, "600"], ports: [{name: http, containerPort: 5000}]}
                """);
        try (Api api = Api.local(LocalProcesses.of(new Home(home())).address())) {
            String path = KnownKinds.POD.path("default", "far-router-x");
            await().atMost(SOON)
                    .until(() -> api.get(path).path("status").toString().contains("\"Ready\",\"status\":\"True\"")
                            || api.get(path)
                                    .path("status")
                                    .path("containerStatuses")
                                    .path(0)
                                    .path("ready")
                                    .asBoolean());
            serve(api.get(path).path("status").path("podIP").asText());
        }
        Run run = find();
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("{\"k\":\"through\"}\n");
    }

    /** Answers like a router at the pod's own address. */
    private static void serve(String address) throws IOException {
        router = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), 5000), 0);
        router.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        router.createContext("/", exchange -> {
            boolean tables = exchange.getRequestURI().getPath().equals("/v1/tables");
            String body = tables
                    ? "{\"tables\":[{\"name\":\"t\",\"columns\":"
                            + "[{\"name\":\"k\",\"type\":\"String\",\"nullable\":false}],"
                            + "\"primaryKey\":[\"k\"],\"shardKey\":\"k\"}]}"
                    : "{\"rows\":[{\"k\":\"through\"}]}";
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        router.start();
    }
}
