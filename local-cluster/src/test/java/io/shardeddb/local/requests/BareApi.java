package io.shardeddb.local.requests;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.AdmissionPolicies;
import io.shardeddb.local.api.ApiServer;
import io.shardeddb.local.api.Definitions;
import io.shardeddb.local.api.Deletion;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.api.Preparation;
import io.shardeddb.local.api.Rights;
import io.shardeddb.local.api.Writes;
import io.shardeddb.local.http.Exchange;
import io.shardeddb.local.http.HttpServer;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.node.Kubeconfig;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API server without controllers and nodes: what happens in it comes from requests alone, so that the same requests
 * lead to the same revisions.
 */
final class BareApi implements AutoCloseable {
    private final ObjectStore store;
    private final HttpServer http;

    /** Sees requests on their way to the API server, or answers them itself. */
    @FunctionalInterface
    interface Door {
        void pass(Request request, Exchange exchange, ApiServer api) throws IOException;
    }

    BareApi(Path folder, Door door) throws IOException {
        InstantSource clock = InstantSource.system();
        Kinds kinds = new Kinds();
        store = new ObjectStore(folder.resolve("journal"));
        Definitions.follow(store, kinds);
        Deletion deletion = new Deletion(store, clock);
        AtomicInteger addresses = new AtomicInteger();
        Writes writes = new Writes(
                store,
                kinds,
                new Preparation(() -> "127.0.0." + addresses.incrementAndGet(), new AdmissionPolicies(store)),
                clock,
                new SecureRandom());
        Objects objects = new Objects(store, kinds, writes, deletion, clock, "test");
        ObjectNode namespace = Tree.object();
        Meta.of(namespace).put("name", "default");
        objects.create("namespaces", namespace);
        ApiServer api =
                new ApiServer(store, kinds, writes, deletion, clock, BareApi::noLogs, new Rights(store), "127.0.0.1");
        http = HttpServer.start(
                InetAddress.getLoopbackAddress(), 0, (request, exchange) -> door.pass(request, exchange, api));
        Files.writeString(folder.resolve("kubeconfig"), Kubeconfig.text("127.0.0.1:" + http.port(), null));
    }

    BareApi(Path folder) throws IOException {
        this(folder, (request, exchange, api) -> api.handle(request, exchange));
    }

    private static void noLogs(String namespace, String pod, Request request, Exchange exchange) throws IOException {
        exchange.send(404, "text/plain", "no nodes here".getBytes(StandardCharsets.UTF_8));
    }

    /** As in http://127.0.0.1:39001. */
    String address() {
        return "http://127.0.0.1:" + http.port();
    }

    @Override
    public void close() throws IOException {
        http.close();
        store.close();
    }
}
