package io.shardeddb.router.http.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.fake.FakeApi;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.testsupport.http.HostileRequests;
import io.shardeddb.testsupport.http.HostileRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No input is a fault: whatever a client sends to any endpoint, the answer is HTTP, and never a 500. */
class HostileRequestsTest {

    private static final long SEED = 14;
    private static final int REQUESTS = 3_500;

    private static final List<String> BODIES = List.of(
            "{\"data\":[{\"Stud_id\":@,\"Stud_name\":@,\"Stud_marks\":@}]}",
            "{\"data\":[{\"Stud_id\":1,\"exact\":@,\"at\":@,\"day\":@,\"span\":@,"
                    + "\"bytes\":@,\"tree\":@,\"real\":@,\"flag\":@}]}",
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
            "{\"n\":@,\"new_shards\":[{\"Stud_id_low\":@,\"Shard_id\":@,\"Shard_size\":@}],"
                    + "\"servers\":{\"Server[5]\":[@],\"$\":@}}",
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
    private static HostileTarget target;

    @BeforeAll
    static void start() throws IOException {
        cluster = new FakeCluster(
                3, Strategy.RANGE, tableOfAllTypes(), List.of(Interval.ofSize(0, 4096), Interval.ofSize(4096, 4096)));
        api = new FakeApi(HostileTarget.database());
        target = new HostileTarget(cluster, api);
    }

    @AfterAll
    static void stop() {
        target.close();
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

    @Test
    void everyAnswerIsWellFormedAndNoneIsAFault() throws InterruptedException {
        HostileRun run =
                target.send(new HostileRequests(SEED, target.endpoints(), BODIES, Map.of("table", "StudT")), REQUESTS);
        assertThat(run.wrong()).as("of %s", run.statuses()).isEmpty();
        // Else it would have been refused at its first byte.
        assertThat(run.answered(200)).isGreaterThan(REQUESTS / 20);
        assertThat(run.answered(400)).isGreaterThan(REQUESTS / 20);
    }

    @Test
    void servesAsBeforeAfterwards() {
        assertThat(target.router()
                        .send("POST", "/write", "{\"data\":[{\"Stud_id\":5,\"Stud_name\":\"a\"}]}")
                        .body())
                .contains("Data entries added");
        assertThat(target.router()
                        .send("GET", "/v1/tables/StudT/rows/5?columns=Stud_name", "")
                        .body())
                .isEqualTo("{\"Stud_name\":\"a\"}");
    }
}
