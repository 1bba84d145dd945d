package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Shard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A spec that is refused, and an object that is deleted, change nothing about the rows: also for a router that starts
 * then.
 */
@ExtendWith(SharedCluster.class)
final class CatalogIT {

    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COLUMNS = """
            {"name": "Stud_id", "type": "Number"}, {"name": "Stud_name", "type": "String"},
            {"name": "Stud_marks", "type": "Number"}""";
    private static final String REORDERED = """
            {"name": "Stud_marks", "type": "Number"}, {"name": "Stud_name", "type": "String"},
            {"name": "Stud_id", "type": "Number"}""";

    private final RunningCluster running;

    CatalogIT(RunningCluster shared) {
        this.running = shared;
    }

    @Test
    void aRouterThatStartsUnderARefusedSpecTakesNoRowForAnother() throws IOException, InterruptedException {
        running.awaitHealthy(DATABASE, 3);
        try (RouterClient router = new RouterClient(running.endpoint(DATABASE))) {
            Rows rows = new Rows(router, Student.TABLE, RequestIds.fresh(), PATIENCE);
            Student five = new Student(5, "five", 50);
            Student fifty = new Student(50, "fifty", 5);
            write(rows, five, fifty);
            try {
                tables(REORDERED);
                await(ConditionType.Ready, "InvalidSpec");
                replaceRouters();
                assertThat(found(rows)).containsEntry(5L, five).containsEntry(50L, fifty);
                Student changed = new Student(5, "five", 51);
                write(rows, changed);
                assertThat(found(rows)).containsEntry(5L, changed).containsEntry(50L, fifty);
            } finally {
                tables(COLUMNS);
            }
            await(ConditionType.Ready, "AllReady");
        }
    }

    @Test
    void aShardWhoseObjectIsDeletedWhilePausedIsStillRead() throws IOException, InterruptedException {
        running.awaitHealthy(DATABASE, 3);
        try (RouterClient router = new RouterClient(running.endpoint(DATABASE))) {
            Rows rows = new Rows(router, Student.TABLE, RequestIds.fresh(), PATIENCE);
            List<Shard> shards = running.shards(DATABASE);
            for (Shard shard : shards) {
                write(rows, new Student(shard.getSpec().interval().from() + 7, "kept", 7));
            }
            Map<Long, Student> all = found(rows);
            Shard deleted = shards.get(1);
            try {
                spec("{\"paused\": true}");
                await(ConditionType.Progressing, "Paused");
                running.cluster()
                        .api()
                        .delete(KnownKinds.SHARD.path(
                                running.cluster().namespace(),
                                deleted.getMetadata().getName()));
                RunningCluster.await("a status that says so", PATIENCE, () -> {
                    Condition safe = condition(ConditionType.DataSafe);
                    return String.valueOf(safe.getMessage()).contains("Shard object is missing")
                            ? List.of()
                            : List.of("the missing shard in: " + safe.getMessage());
                });
                assertThat(found(rows)).isEqualTo(all);
                replaceRouters();
                assertThat(found(rows))
                        .as("by a router that has never seen the object")
                        .isEqualTo(all);
            } finally {
                spec("{\"paused\": false}");
            }
            running.awaitHealthy(DATABASE, 3);
            await(ConditionType.Ready, "AllReady");
            Shard back = running.shards(DATABASE).stream()
                    .filter(shard ->
                            shard.getSpec().name().equals(deleted.getSpec().name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(back.groupUid()).isEqualTo(deleted.groupUid());
            assertThat(found(rows)).isEqualTo(all);
        }
    }

    private static void write(Rows rows, Student... students) throws InterruptedException {
        Rows.check(rows.write(List.of(students).stream().map(Student::json).toList(), Rows.WriteMode.UPSERT));
    }

    private static Map<Long, Student> found(Rows rows) throws InterruptedException {
        Map<Long, Student> found = new HashMap<>();
        rows.range(null, null, Long.MAX_VALUE, row -> found.put(Student.of(row).id(), Student.of(row)));
        return found;
    }

    private void tables(String columns) throws IOException {
        spec("{\"tables\": [{\"name\": \"StudT\", \"columns\": [" + columns
                + "], \"primaryKey\": [\"Stud_id\"], \"shardKey\": \"Stud_id\"}]}");
    }

    /** What {@code kubectl patch --type merge} sends. */
    private void spec(String patch) throws IOException {
        running.cluster()
                .api()
                .merge(
                        KnownKinds.DATABASE.path(running.cluster().namespace(), DATABASE),
                        JSON.readTree("{\"spec\": " + patch + "}"));
    }

    private Condition condition(ConditionType type) {
        return Objects.requireNonNull(
                running.cluster().database(DATABASE).getStatus().condition(type));
    }

    private void await(ConditionType type, String reason) throws InterruptedException {
        RunningCluster.await(type + " with reason " + reason, PATIENCE, () -> {
            Condition now = condition(type);
            return reason.equals(now.getReason()) ? List.of() : List.of(now.getReason() + ": " + now.getMessage());
        });
    }

    /** Deletes every router; returns when others are ready. */
    private void replaceRouters() throws InterruptedException {
        List<String> before = new ArrayList<>();
        for (Pod pod : running.routers(DATABASE)) {
            before.add(pod.getMetadata().getName());
            running.cluster()
                    .api()
                    .delete(KnownKinds.named("pod")
                            .orElseThrow()
                            .path(
                                    running.cluster().namespace(),
                                    pod.getMetadata().getName()));
        }
        RunningCluster.await("a router that is none of " + before, PATIENCE, () -> {
            List<Pod> now = running.routers(DATABASE);
            boolean others = !now.isEmpty()
                    && now.stream()
                            .allMatch(pod ->
                                    !before.contains(pod.getMetadata().getName()) && RunningCluster.isReady(pod));
            return others ? List.of() : List.of("another router that is ready");
        });
    }
}
