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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No input is a fault: whatever a client sends to any endpoint, the answer is HTTP, and never a 500. */
class HostileRequestsTest {

    private static final long SEED = 14;
    private static final int REQUESTS = 3_500;
    private static final byte[] NORMAL =
            "GET /home HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> BODIES = List.of(
            "{\"data\":[{\"Stud_id\":@,\"Stud_name\":@,\"Stud_marks\":@}]}",
            "{\"data\":[{\"Stud_id\":1,\"exact\":@,\"at\":@,\"day\":@,\"span\":@,\"bytes\":@,\"tree\":@,\"real\":@,\"flag\":@}]}",
            "{\"data\":[{\"Stud_id\":@},{\"Stud_id\":@}],\"data\":@}",
            "{\"data\":@}",
            "{\"Stud_id\":@,\"Stud_name\":@}",
            "{\"Stud_id\":@,\"Stud_id\":@}",
            "{\"Stud_id\":{\"low\":@,\"high\":@}}",
            "{\"low\":@,\"high\":@}",
            "{\"Stud_id\":@,\"data\":{\"Stud_id\":@,\"Stud_marks\":@}}",
            "{\"Stud_id\":1,\"data\":{\"exact\":@,\"tree\":@,\"at\":@}}",
            "[{\"Stud_id\":@,\"Stud_name\":@},{\"Stud_id\":@}]",
            "{\"operations\":[{\"insert\":{\"Stud_id\":@}},{\"upsert\":@},{\"delete\":{\"Stud_id\":@}},{@:@}]}",
            "{\"operations\":@}",
            "{\"N\":@,\"schema\":{\"columns\":[\"Stud_id\",@],\"dtypes\":[\"Number\",@]},"
                    + "\"shards\":[{\"Stud_id_low\":@,\"Shard_id\":@,\"Shard_size\":@}],\"servers\":{\"Server0\":[@]}}",
            "{\"N\":3,\"schema\":@,\"shards\":@,\"servers\":@}",
            "{\"n\":@,\"new_shards\":[{\"Stud_id_low\":@,\"Shard_id\":@,\"Shard_size\":@}],\"servers\":{\"Server[5]\":[@],\"$\":@}}",
            "{\"n\":@,\"hostnames\":[@,@]}",
            "{\"n\":@,\"servers\":[@]}",
            "{\"operation\":@,\"shard\":@}",
            "{\"exclude_replicas\":[@],\"shard\":@,\"dry_run\":@}",
            "{\"exclude_replicas\":@}",
            "@",
            "{}",
            "");

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
                        router.beans(DirectEndpoints.class).stream()
                                .flatMap(some -> some.all().stream())
                                .map(direct -> new Endpoint(direct.method(), direct.template())))
                .distinct()
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
    }

    @Test
    void everyAnswerIsWellFormedAndNoneIsAFault() throws InterruptedException {
        HostileRun run = new HostileRun(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), router.port()),
                NORMAL,
                HostileRequestsTest::fault);
        run.send(new HostileRequests(SEED, endpoints, BODIES), REQUESTS);
        assertThat(run.wrong()).as("of %s", run.statuses()).isEmpty();
        // Else it would have been refused at its first byte.
        assertThat(run.answered(200)).isGreaterThan(REQUESTS / 20);
        assertThat(run.answered(400)).isGreaterThan(REQUESTS / 20);
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
