package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The SQL coordinator's requests answer with its fields. */
class AdaptiveTest {

    private static final FakeCluster CLUSTER = FakeCluster.students(2);
    private static final RouterUnderTest ROUTER = RouterUnderTest.before(CLUSTER);

    @BeforeEach
    void resetTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private static String send(String method, String path, String body) {
        HttpResponse<String> response = ROUTER.send(method, path, body);
        return response.statusCode() + " " + response.body();
    }

    @Test
    void tellsTheMetricsOfAllServersAndOfOne() {
        assertThat(send("GET", "/metrics", ""))
                .startsWith("200 {\"replicas\":[{\"replica_id\":\"Server0\"")
                .contains(
                        "\"replica_id\":\"Server2\",\"latency_ms\":3.0,\"replication_lag\":2,\"uptime_seconds\":100.0,"
                                + "\"crash_count\":2,\"last_updated\":\"")
                .contains("\"is_healthy\":true")
                .contains("\"master_timestamp\":0");
        assertThat(send("GET", "/metrics/Server1", ""))
                .startsWith("200 {\"replica_id\":\"Server1\",\"latency_ms\":2.0,\"replication_lag\":1,");
        assertThat(send("GET", "/metrics/replica-9", "")).startsWith("404 ").contains("Server0, Server1, Server2");
    }

    @Test
    void countsServersAsTheSqlCoordinatorCountsReplicas() {
        assertThat(send("GET", "/metrics/replica-1", "")).startsWith("200 {\"replica_id\":\"Server0\",");
        assertThat(send("GET", "/metrics/replica-3", "")).startsWith("200 {\"replica_id\":\"Server2\",");
        assertThat(send("GET", "/metrics/replica-0", "")).startsWith("404 ");
    }

    @Test
    void tellsTheMasterInTheStatus() {
        assertThat(send("GET", "/status", ""))
                .contains("\"current_master\":\"Server0\",\"master_is_original\":true,"
                        + "\"replicas\":[\"Server0\",\"Server1\",\"Server2\"]");
    }

    @Test
    void showsWhoseAcknowledgementsCommit() {
        assertThat(send("POST", "/select-quorum", "{\"operation\":\"write\"}"))
                .startsWith("200 {\"quorum\":[\"Server0\",\"Server1\"],\"quorum_size\":2,\"total_replicas\":3,"
                        + "\"shard\":\"sh1\",\"leader\":\"Server0\",\"term\":2,\"weighted\":true,\"weight_clock\":7,"
                        + "\"threshold\":0.5,\"election_size\":2,")
                .contains("{\"replica_id\":\"Server1\",\"weight\":0.333,\"acknowledged\":true}");
        assertThat(send("POST", "/select-quorum", "{\"shard\":\"sh2\"}")).contains("\"leader\":\"Server1\"");
        assertThat(send("POST", "/select-quorum", "{\"shard\":\"sh9\"}"))
                .startsWith("400 ")
                .contains("there are sh1, sh2");
    }

    @Test
    void saysWhenNobodyLeads() {
        CLUSTER.group(0).loseLeader();
        assertThat(send("POST", "/select-quorum", "{}")).startsWith("503 ").contains("No healthy replicas available");
    }

    @Test
    void electsTheBestAndHandsOverOnlyANamedShard() {
        assertThat(send("POST", "/elect-leader", "{\"exclude_replicas\":[\"Server0\"]}"))
                .startsWith("200 {\"leader_id\":\"Server1\",\"score\":")
                .contains("\"latency_ms\":2.0,\"uptime_seconds\":100.0,\"replication_lag\":1,\"crash_count\":1")
                .doesNotContain("outcome");
        assertThat(send(
                        "POST",
                        "/elect-leader",
                        "{\"exclude_replicas\":[\"Server0\"],\"shard\":\"sh1\",\"dry_run\":true}"))
                .contains("\"reason\":\"highest score of 2: ")
                .contains("\"scores\":[{\"replica_id\":\"Server1\",")
                .doesNotContain("outcome");
        assertThat(send("POST", "/elect-leader", "{\"dry_run\":1}"))
                .startsWith("400 ")
                .contains("dry_run");
        assertThat(CLUSTER.group(0).leads(0)).isTrue();
        assertThat(send("POST", "/elect-leader", "{\"exclude_replicas\":[\"Server0\"],\"shard\":\"sh1\"}"))
                .contains("\"outcome\":\"handed over\"");
        assertThat(CLUSTER.group(0).leads(1)).isTrue();
        assertThat(send("POST", "/elect-leader", "{\"exclude_replicas\":[\"Server0\",\"Server1\",\"Server2\"]}"))
                .startsWith("503 ")
                .contains("No eligible replicas for election");
    }

    @Test
    void givesTimestampsThatIncrease() {
        Pattern shape = Pattern.compile("200 \\{\"timestamp\":(\\d+),\"server_id\":1,\"mode\":\"Hybrid\"}");
        List<Long> given = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Matcher matcher = shape.matcher(send("GET", "/timestamp", ""));
            assertThat(matcher.matches()).isTrue();
            given.add(Long.valueOf(matcher.group(1)));
        }
        assertThat(given).isSorted().doesNotHaveDuplicates();
    }
}
