package io.shardeddb.server.group.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.protocol.value.CanonicalJson;
import io.shardeddb.server.HttpFront;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The assignment's server endpoints over HTTP, on a replicated shard with databases of its own. Tests use keys of their
 * own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SeedEndpointsIT {
    private static final int SERVERS = 2;

    private final List<MariaDbServer> databases = new ArrayList<>();
    private final List<ApplicationContext> fronts = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Cluster cluster;
    private int leader;
    private int follower;

    /** An answer and its body's object. */
    private record Answer(int status, Map<?, ?> body) {
        String text(String field) {
            return String.valueOf(body.get(field));
        }
    }

    SeedEndpointsIT(@TempDir Path folder) throws IOException {
        List<MySqlStoreFactory> stores = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            MariaDbServer database = MariaDbServer.start(Files.createDirectory(folder.resolve("d" + i)));
            databases.add(database);
            stores.add(new MySqlStoreFactory(
                    new DatabaseAddress(database.host(), database.port(), database.user(), ""), 8, 8));
        }
        cluster = new Cluster(folder, Retention.STANDARD, stores);
    }

    @BeforeAll
    void start() {
        var first = cluster.bootstrap();
        var second = cluster.prepare(1);
        cluster.grow(List.of(first, second), second);
        for (int i = 0; i < SERVERS; i++) {
            fronts.add(HttpFront.start(cluster.settings(i), cluster.server(i)));
        }
        leader = cluster.awaitLeaderOtherThan(-1);
        follower = 1 - leader;
        Awaitility.await("the follower has the schema and knows the leader")
                .atMost(Duration.ofSeconds(10))
                .until(() -> cluster.status(follower).getSchemaVersion() == 1
                        && !cluster.status(follower).getLeader().getAddress().isEmpty());
    }

    @AfterAll
    void close() throws IOException {
        fronts.forEach(ApplicationContext::close);
        client.close();
        cluster.close();
        for (MariaDbServer database : databases) {
            database.close();
        }
    }

    private Answer call(int server, String method, String path, String body, String... headers) throws Exception {
        int port = fronts.get(server).getBean(EmbeddedServer.class).getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + cluster.node(server).address + ":" + port + path))
                .timeout(Duration.ofSeconds(15))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.body().isEmpty()) {
            return new Answer(answer.statusCode(), Map.of());
        }
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        return new Answer(answer.statusCode(), (Map<?, ?>) Objects.requireNonNull(CanonicalJson.parse(answer.body())));
    }

    private static String rows(long from, long to) {
        return String.join(
                ",",
                LongStream.range(from, to)
                        .mapToObj(id -> "{\"id\":" + id + ",\"v\":\"row " + id + "\"}")
                        .toList());
    }

    private static Map<String, Object> row(long id, String text) {
        return Map.of("id", id, "v", text);
    }

    private void write(int server, long from, long to) throws Exception {
        Answer answer =
                call(server, "POST", "/write", "{\"shard\":\"sh1\",\"curr_idx\":0,\"data\":[" + rows(from, to) + "]}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    private Object read(int server, long low, long high) throws Exception {
        Answer answer =
                call(server, "POST", "/read", "{\"shard\":\"sh1\",\"id\":{\"low\":" + low + ",\"high\":" + high + "}}");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return Objects.requireNonNull(answer.body().get("data"));
    }

    @Test
    void aWriteSentToAFollowerGoesThroughTheLog() throws Exception {
        long before = cluster.status(leader).getCommitIndex();
        Answer answer = call(
                follower, "POST", "/write", "{\"shard\":\"sh1\",\"curr_idx\":5,\"data\":[" + rows(100, 103) + "]}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("current_idx")).isEqualTo(8L);
        assertThat(answer.body().get("status")).isEqualTo("success");
        assertThat(cluster.status(leader).getCommitIndex()).isGreaterThan(before);
        List<Map<String, Object>> expected = List.of(row(100, "row 100"), row(101, "row 101"), row(102, "row 102"));
        assertThat(read(leader, 100, 102)).isEqualTo(expected);
        assertThat(read(follower, 100, 102)).isEqualTo(expected);
    }

    @Test
    void updatesAndDeletesSentToAFollowerAreSeenByStrongReads() throws Exception {
        write(leader, 200, 202);
        Answer updated =
                call(follower, "PUT", "/update", "{\"shard\":\"sh1\",\"id\":200,\"data\":{\"id\":200,\"v\":\"new\"}}");
        assertThat(updated.status()).as(updated.body().toString()).isEqualTo(200);
        assertThat(updated.body().get("message")).isEqualTo("Data entry for id:200 updated");
        Answer deleted = call(follower, "DELETE", "/del", "{\"shard\":\"sh1\",\"id\":201}");
        assertThat(deleted.status()).as(deleted.body().toString()).isEqualTo(200);
        assertThat(read(leader, 200, 201)).isEqualTo(List.of(row(200, "new")));
        assertThat(call(leader, "DELETE", "/del", "{\"shard\":\"sh1\",\"id\":201}")
                        .status())
                .as("what is not there cannot be deleted")
                .isEqualTo(404);
        assertThat(call(leader, "PUT", "/update", "{\"shard\":\"sh1\",\"id\":201,\"data\":{\"v\":\"x\"}}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void keepsTheFirstValueOfADuplicateAndCountsIt() throws Exception {
        write(leader, 300, 302);
        Answer answer = call(
                leader,
                "POST",
                "/write",
                "{\"shard\":\"sh1\",\"curr_idx\":2,\"data\":[{\"id\":300,\"v\":\"other\"}," + rows(302, 303) + "]}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().get("message")).isEqualTo("Data entries added (1 duplicate entries skipped)");
        assertThat(answer.body().get("current_idx")).isEqualTo(3L);
        assertThat(read(leader, 300, 300)).isEqualTo(List.of(row(300, "row 300")));
    }

    @Test
    void takesAnyContentTypeAndNone() throws Exception {
        String body = "{\"shard\":\"sh1\",\"curr_idx\":0,\"data\":[" + rows(400, 401) + "]}";
        for (String type : List.of(
                "application/json", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream")) {
            assertThat(call(leader, "POST", "/write", body, "Content-Type", type)
                            .status())
                    .as(type)
                    .isEqualTo(200);
        }
        assertThat(call(leader, "POST", "/write", body).status()).isEqualTo(200);
        assertThat(call(leader, "POST", "/faults", "{\"isolated\":false}", "Content-Type", "text/plain")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void copiesTheRowsOfTheShardsNamedInAGetsBody() throws Exception {
        write(leader, 500, 502);
        Awaitility.await("the follower has applied it")
                .atMost(Duration.ofSeconds(5))
                .until(() -> {
                    Answer answer = call(follower, "GET", "/copy", "{\"shards\":[\"sh1\"]}");
                    return answer.status() == 200
                            && ((List<?>) Objects.requireNonNull(answer.body().get("sh1")))
                                    .containsAll(List.of(row(500, "row 500"), row(501, "row 501")));
                });
    }

    @Test
    void confirmsTheConfigurationThatItHasAndNoOther() throws Exception {
        Answer same = call(
                leader,
                "POST",
                "/config",
                "{\"schema\":{\"columns\":[\"id\",\"v\"],\"dtypes\":[\"Number\",\"String\"]},\"shards\":[\"sh1\"]}");
        assertThat(same.status()).isEqualTo(200);
        assertThat(same.body().get("message")).isEqualTo("Server" + leader + ":sh1 configured");
        assertThat(call(leader, "POST", "/config", "{\"schema\":{},\"shards\":[\"sh1\",\"sh2\"]}")
                        .status())
                .isEqualTo(409);
        assertThat(call(leader, "POST", "/config", "{\"schema\":{\"columns\":[\"x\"]},\"shards\":[\"sh1\"]}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void answersHomeHeartbeatAndAutopopulate() throws Exception {
        assertThat(call(follower, "GET", "/home", "").body().get("message"))
                .isEqualTo("Hello from Server: Server" + follower);
        assertThat(call(follower, "GET", "/heartbeat", "").status()).isEqualTo(200);
        assertThat(call(follower, "POST", "/autopopulate", "").status()).isEqualTo(200);
    }

    @Test
    void refusesBadInputWithTheReason() throws Exception {
        Answer notJson = call(leader, "POST", "/write", "{\"shard\":");
        assertThat(notJson.status()).isEqualTo(400);
        assertThat(notJson.body().get("code")).isEqualTo("MALFORMED_JSON");
        Answer unknownShard = call(leader, "POST", "/write", "{\"shard\":\"sh9\",\"data\":[{\"id\":1}]}");
        assertThat(unknownShard.status()).isEqualTo(400);
        assertThat(unknownShard.text("message")).contains("sh9", "sh1");
        assertThat(call(leader, "POST", "/write", "{\"shard\":\"sh1\",\"data\":[{\"id\":\"x\"}]}")
                        .status())
                .isEqualTo(400);
        assertThat(call(leader, "POST", "/write", "{\"shard\":\"sh1\",\"data\":[{\"id\":1,\"w\":1}]}")
                        .text("message"))
                .contains("\"w\"");
        assertThat(call(leader, "POST", "/read", "{\"shard\":\"sh1\"}").status())
                .isEqualTo(400);
        assertThat(call(leader, "POST", "/config", "{\"shards\":\"sh1\"}").status())
                .isEqualTo(400);
    }
}
