package io.shardeddb.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.fake.FakeCluster;
import org.junit.jupiter.api.Test;

class MetricsTest {

    @Test
    void tellsRequestsByRouteAndOutcomeRetriesAndTheAgeOfTheMap() {
        try (FakeCluster cluster = FakeCluster.students(3);
                RouterUnderTest router = RouterUnderTest.before(cluster)) {
            router.send("POST", "/write", "{\"data\":[{\"Stud_id\":1,\"Stud_name\":\"a\",\"Stud_marks\":1}]}");
            router.send("POST", "/write", "{\"data\":");
            cluster.group(0).lead(1);
            router.send("POST", "/write", "{\"data\":[{\"Stud_id\":2,\"Stud_name\":\"a\",\"Stud_marks\":1}]}");
            router.send("GET", "/v1/tables/StudT/rows/1", "");
            String metrics = router.send("GET", "/prometheus", "").body();
            assertThat(metrics.lines())
                    .anyMatch(line -> line.startsWith("http_server_requests_seconds_count")
                            && line.contains("uri=\"/write\"")
                            && line.contains("status=\"200\"")
                            && line.endsWith(" 2"))
                    .anyMatch(line -> line.startsWith("http_server_requests_seconds_count")
                            && line.contains("uri=\"/write\"")
                            && line.contains("status=\"400\""))
                    .anyMatch(line -> line.startsWith("http_server_requests_seconds{")
                            && line.contains("quantile=\"0.99\"")
                            && line.contains("uri=\"/v1/tables/{table}/rows/{key}\""))
                    .anyMatch(line -> line.startsWith("shardeddb_router_retries_total")
                            && Double.parseDouble(line.substring(line.lastIndexOf(' '))) >= 1)
                    .anyMatch(line -> line.startsWith("shardeddb_router_topology_age_seconds "))
                    .anyMatch(line -> line.startsWith("shardeddb_router_writes_inflight 0"))
                    .anyMatch(line -> line.startsWith("shardeddb_router_shards 3"));
        }
    }
}
