package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.web.router.Router;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.server.HttpFront;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import io.shardeddb.server.store.sql.DatabaseAddress;
import io.shardeddb.testsupport.http.HostileRequests;
import io.shardeddb.testsupport.http.HostileRequests.Endpoint;
import io.shardeddb.testsupport.http.HostileRun;
import io.shardeddb.testsupport.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No input is a fault of a server's own HTTP endpoints either: whatever is sent, the answer is HTTP, and never a 500.
 */
final class HostileServerRequestsIT {
    private static final long SEED = 14;
    private static final int REQUESTS = 2_000;
    private static final List<String> BODIES = List.of(
            "{\"shard\":\"sh1\",\"curr_idx\":@,\"data\":[{\"id\":@,\"v\":@},{\"id\":@}]}",
            "{\"shard\":\"sh1\",\"data\":[{\"id\":@,\"v\":\"a\"}]}",
            "{\"shard\":\"sh1\",\"data\":@}",
            "{\"shard\":\"sh1\",\"id\":@,\"data\":{\"id\":@,\"v\":@}}",
            "{\"shard\":\"sh1\",\"id\":1,\"data\":{\"v\":@}}",
            "{\"shard\":\"sh1\",\"id\":1,\"data\":{@:@}}",
            "{\"shard\":\"sh1\",\"id\":{\"low\":@,\"high\":@}}",
            "{\"shard\":\"sh1\",\"id\":@}",
            "{\"shard\":@,\"id\":@,\"data\":[@]}",
            "{\"shards\":[\"sh1\"]}",
            "{\"shards\":[\"sh1\",@]}",
            "{\"shards\":@,\"schema\":{\"columns\":[@],\"dtypes\":[@]}}",
            "{\"shards\":[\"sh1\"],\"schema\":{\"columns\":[\"id\",\"v\"]}}",
            "{\"isolated\":@}",
            "{\"delay_millis\":@}",
            "@",
            "{}",
            "");

    private final MariaDbServer database;
    private final Cluster cluster;
    private final ApplicationContext front;
    private final InetSocketAddress address;

    HostileServerRequestsIT(@TempDir Path folder) throws IOException {
        database = MariaDbServer.start(Files.createDirectory(folder.resolve("database")));
        cluster = new Cluster(
                folder,
                Retention.STANDARD,
                List.of(new MySqlStoreFactory(
                        new DatabaseAddress(database.host(), database.port(), database.user(), ""), 8, 8)));
        cluster.bootstrap();
        cluster.awaitLeaderOtherThan(-1);
        front = HttpFront.start(cluster.settings(0), cluster.server(0));
        address = new InetSocketAddress(
                InetAddress.getByName(cluster.node(0).address),
                front.getBean(EmbeddedServer.class).getPort());
    }

    @AfterEach
    void close() throws IOException {
        front.close();
        cluster.close();
        database.close();
    }

    @Test
    void everyAnswerIsWellFormedAndNoneIsAFault() throws InterruptedException {
        List<Endpoint> endpoints = front.getBean(Router.class)
                .uriRoutes()
                .map(route -> new Endpoint(
                        route.getHttpMethodName(), route.getUriMatchTemplate().toString()))
                .distinct()
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
        HostileRun run = new HostileRun(
                address,
                "GET /home HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                HostileServerRequestsIT::fault);
        run.send(new HostileRequests(SEED, endpoints, BODIES, Map.of()), REQUESTS);
        assertThat(run.wrong()).as("of %s", run.statuses()).isEmpty();
        // Else it would have been refused at its first byte.
        assertThat(run.answered(200)).isGreaterThan(REQUESTS / 20);
        assertThat(run.answered(400)).isGreaterThan(REQUESTS / 20);
    }

    /** An answer of 5xx must tell one of our codes, and not that something inside failed. */
    private static @Nullable String fault(RawClient.Answer answer) {
        if (answer.status() < 500) {
            return null;
        }
        try {
            return answer.status() > 500
                            && CanonicalJson.parse(answer.body()) instanceof Map<?, ?> body
                            && ErrorCode.ofName(String.valueOf(body.get("code")))
                                            .httpStatus()
                                    == answer.status()
                    ? null
                    : answer.status() + " " + answer.body();
        } catch (IllegalArgumentException e) {
            return answer.status() + " without its code: " + answer.body();
        }
    }
}
