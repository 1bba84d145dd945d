package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.micronaut.web.router.Router;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeApi;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.hostile.HostileRequests;
import io.shardeddb.router.hostile.HostileRequests.Hostile;
import io.shardeddb.router.hostile.RawClient;
import io.shardeddb.router.http.direct.DirectEndpoints;
import io.shardeddb.router.http.direct.DirectEndpoints.Endpoint;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No input is a fault: whatever a client sends to any endpoint, the answer is HTTP, and never a 500. */
class HostileRequestsTest {

    private static final long SEED = 14;
    private static final int REQUESTS = 3_500;
    private static final int CLIENTS = 8;
    private static final byte[] NORMAL =
            "GET /home HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static FakeCluster cluster;
    private static FakeApi api;
    private static RouterUnderTest router;
    private static List<Endpoint> endpoints;

    @BeforeAll
    static void start() throws IOException {
        cluster = new FakeCluster(
                3, Strategy.RANGE, tableOfAllTypes(), List.of(Interval.ofSize(0, 4096), Interval.ofSize(4096, 4096)));
        api = new FakeApi(database());
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
        endpoints = endpoints(router);
    }

    @AfterAll
    static void stop() {
        router.close();
        api.close();
        cluster.close();
    }

    private static TableDefinition tableOfAllTypes() {
        Map<String, String> types = new TreeMap<>(Map.of(
                "Stud_name", "String",
                "Stud_marks", "Number",
                "exact", "DECIMAL(30,10)",
                "at", "TIMESTAMP(6)",
                "day", "DATE",
                "span", "TIME(3)",
                "bytes", "VARBINARY(100)",
                "tree", "JSON",
                "real", "DOUBLE",
                "flag", "BOOLEAN"));
        List<ColumnDefinition> columns = new ArrayList<>();
        columns.add(new ColumnDefinition("Stud_id", ColumnType.parse("Number"), false));
        types.forEach((name, type) -> columns.add(new ColumnDefinition(name, ColumnType.parse(type), true)));
        return new TableDefinition("StudT", columns, List.of("Stud_id"), "Stud_id");
    }

    private static ShardedDatabase database() {
        return new KubernetesSerialization().unmarshal("""
            {"metadata":{"name":"db","namespace":"test","resourceVersion":"1","generation":1},
             "spec":{"servers":{"count":0}}}
            """, ShardedDatabase.class);
    }

    private static List<Endpoint> endpoints(RouterUnderTest router) {
        return Stream.concat(
                        router.bean(Router.class)
                                .uriRoutes()
                                .map(route -> new Endpoint(
                                        route.getHttpMethodName(),
                                        route.getUriMatchTemplate().toString())),
                        router.bean(DirectEndpoints.class).all().stream())
                .distinct()
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
    }

    @Test
    void everyAnswerIsWellFormedAndNoneIsAFault() throws InterruptedException {
        HostileRequests requests = new HostileRequests(SEED, endpoints);
        Map<Integer, Integer> statuses = new TreeMap<>();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                for (int number = next.getAndIncrement(); number < REQUESTS; number = next.getAndIncrement()) {
                    Sent sent = send(requests.request(number));
                    synchronized (statuses) {
                        statuses.merge(sent.status, 1, Integer::sum);
                    }
                    if (sent.wrong != null) {
                        wrong.add("number " + number + ": " + sent.wrong + "\n  " + requests.request(number));
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(wrong).as("of %s", statuses).isEmpty();
        // Else it would have been refused at its first byte.
        assertThat(statuses.getOrDefault(200, 0)).isGreaterThan(REQUESTS / 20);
        assertThat(statuses.getOrDefault(400, 0)).isGreaterThan(REQUESTS / 20);
    }

    /** What came of a request; status 0 where the connection was closed. */
    private record Sent(int status, @Nullable String wrong) {}

    private static Sent send(Hostile hostile) {
        RawClient.Answer answer = null;
        try (RawClient client = new RawClient(router.port())) {
            client.send(hostile.bytes());
            if (!hostile.whole()) {
                client.finish();
            }
            answer = client.receive(hostile.asksForHead());
            if (answer == null) {
                return new Sent(0, hostile.whole() ? "closed without an answer" : null);
            }
            String fault = fault(answer);
            if (fault == null && hostile.whole() && !answer.closes() && answer.status() < 400) {
                client.send(NORMAL);
                RawClient.Answer normal = client.receive(false);
                fault = normal == null || normal.status() != 200
                        ? "after " + answer + " the next request was answered " + normal
                        : null;
            }
            return new Sent(answer.status(), fault);
        } catch (RawClient.NotHttp | SocketTimeoutException e) {
            return new Sent(answer == null ? 0 : answer.status(), e.toString());
        } catch (IOException e) {
            return new Sent(
                    answer == null ? 0 : answer.status(),
                    hostile.whole() && answer == null ? "broken off: " + e : null);
        }
    }

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

    @Test
    void servesAsBeforeAfterwards() {
        assertThat(router.send("POST", "/write", "{\"data\":[{\"Stud_id\":5,\"Stud_name\":\"a\"}]}")
                        .body())
                .contains("Data entries added");
        assertThat(router.send("GET", "/v1/tables/StudT/rows/5?columns=Stud_name", "")
                        .body())
                .isEqualTo("{\"Stud_name\":\"a\"}");
    }
}
