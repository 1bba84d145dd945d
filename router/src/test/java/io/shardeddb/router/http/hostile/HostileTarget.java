package io.shardeddb.router.http.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micronaut.web.router.Router;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeApi;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.http.RouterUnderTest;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.testsupport.http.HostileRequests;
import io.shardeddb.testsupport.http.HostileRequests.Endpoint;
import io.shardeddb.testsupport.http.HostileRun;
import io.shardeddb.testsupport.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A router that is sent hostile requests, and what its answers must be. */
final class HostileTarget implements AutoCloseable {

    private static final byte[] NORMAL =
            "GET /home HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RouterUnderTest router;

    /** @param api where the router's edits of the database's object go */
    HostileTarget(FakeCluster cluster, FakeApi api) {
        Duration timeout = Duration.ofSeconds(1);
        router = new RouterUnderTest(
                        new RouterSettings(
                                "test",
                                "db",
                                timeout,
                                timeout,
                                Duration.ZERO,
                                Administration.Open,
                                Path.of("no-token"),
                                null),
                        api.client())
                .knowing(cluster);
    }

    /** The database's object. */
    static ShardedDatabase database() {
        return new KubernetesSerialization().unmarshal("""
            {"metadata":{"name":"db","namespace":"test","resourceVersion":"1","generation":1},
             "spec":{"servers":{"count":0}}}
            """, ShardedDatabase.class);
    }

    RouterUnderTest router() {
        return router;
    }

    /** Every endpoint that the router has. */
    List<Endpoint> endpoints() {
        return Stream.concat(
                        router.bean(Router.class)
                                .uriRoutes()
                                .map(route -> new Endpoint(
                                        route.getHttpMethodName(),
                                        route.getUriMatchTemplate().toString())),
                        router.beans(DirectEndpoints.class).stream()
                                .flatMap(some -> some.all().stream())
                                .map(direct -> new Endpoint(direct.method(), direct.template())))
                .distinct()
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
    }

    /** Sends so many requests, and returns what came of them. */
    HostileRun send(HostileRequests requests, int count) throws InterruptedException {
        HostileRun run = new HostileRun(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), router.uri("/").getPort()),
                NORMAL,
                HostileTarget::fault);
        run.send(requests, count);
        return run;
    }

    /** An answer of 5xx must tell one of our codes, and not that something inside failed. */
    private static @Nullable String fault(RawClient.Answer answer) {
        if (answer.status() < 500) {
            return null;
        }
        try {
            JsonNode body = JSON.readTree(answer.body());
            ErrorCode code = ErrorCode.ofName(body.path("code").asText());
            return answer.status() > 500 && code.httpStatus() == answer.status()
                    ? null
                    : answer.status() + " " + answer.body();
        } catch (IOException e) {
            return answer.status() + " without its code: " + answer.body();
        }
    }

    @Override
    public void close() {
        router.close();
    }
}
