package io.shardeddb.router.http;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.crds.Administration;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.topology.LatestTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/** The real router on a free port, in front of a fake cluster, and a client. */
public final class RouterUnderTest implements AutoCloseable {

    private final ApplicationContext context;
    private final EmbeddedServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RouterUnderTest(Duration timeout) {
        this(settings(timeout, Administration.Open, Path.of("no-token")));
    }

    /** Settings of a router; {@code token} is the file with its token. */
    static RouterSettings settings(Duration timeout, Administration administration, Path token) {
        return new RouterSettings("test", "db", timeout, timeout, timeout, administration, token, null);
    }

    /** @param singletons the settings, and beans that replace the router's own */
    public RouterUnderTest(Object... singletons) {
        context = ApplicationContext.builder()
                .singletons(singletons)
                .properties(Map.of("micronaut.server.port", -1, "micronaut.server.host", "127.0.0.1"))
                .start();
        server = context.getBean(EmbeddedServer.class).start();
    }

    /** A router that knows a cluster. */
    public static RouterUnderTest before(FakeCluster cluster) {
        return before(cluster, Duration.ofSeconds(10));
    }

    static RouterUnderTest before(FakeCluster cluster, Duration timeout) {
        return new RouterUnderTest(timeout).knowing(cluster);
    }

    /** Tells it what the cluster looks like. */
    public RouterUnderTest knowing(FakeCluster cluster) {
        topology().publish(cluster.topology(1));
        context.getBean(LeaderWatch.class).start();
        return this;
    }

    int port() {
        return server.getPort();
    }

    LatestTopology topology() {
        return context.getBean(LatestTopology.class);
    }

    /** The router's own bean of a type. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** All its beans of a type. */
    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type);
    }

    /** The address of a path. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getPort() + path);
    }

    /** The client that {@link #send} uses. */
    public HttpClient client() {
        return client;
    }

    /** Sends a request with its body and, in pairs, headers. */
    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        context.close();
    }
}
