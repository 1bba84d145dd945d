package io.shardeddb.router.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.shardeddb.crds.ShardedDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * A Kubernetes API over loopback that has one ShardedDatabase, answers each change as if it were made, and forgets it.
 */
public final class FakeApi implements AutoCloseable {

    private final HttpServer server;
    private final KubernetesClient client;
    private final KubernetesSerialization json = new KubernetesSerialization();
    private final ShardedDatabase stored;

    /** Starts it with its one object. */
    public FakeApi(ShardedDatabase database) throws IOException {
        stored = database;
        stored.getMetadata().setResourceVersion("1");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build();
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    /** A client of it. */
    public KubernetesClient client() {
        return client;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] sent = exchange.getRequestBody().readAllBytes();
            ShardedDatabase now = stored;
            if (exchange.getRequestMethod().equals("PATCH")) {
                ObjectNode whole = json.convertValue(now, ObjectNode.class);
                merge(whole, json.unmarshal(new String(sent, StandardCharsets.UTF_8), ObjectNode.class));
                now = json.convertValue(whole, ShardedDatabase.class);
                now.getMetadata().setGeneration(stored.getMetadata().getGeneration() + 1);
            }
            byte[] body = json.asJson(now).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        patch.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode part && into.get(field.getKey()) instanceof ObjectNode below) {
                merge(below, part);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
    }
}
