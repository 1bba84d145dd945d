package io.shardeddb.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.IntervalSpec;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardSpec;
import io.shardeddb.crds.ShardStatus;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shape of docs/status.md, held by golden files. */
final class StatusReportTest {

    @TempDir
    private Path home;

    @Test
    void jsonKeepsItsShape() throws IOException {
        String json =
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report());
        assertThat(json.replace(home.toString(), "HOME") + "\n").isEqualTo(golden("status.json"));
    }

    @Test
    void textShowsWhatAPersonNeeds() throws IOException {
        assertThat(StatusText.of(report())).isEqualTo(golden("status.txt"));
    }

    private StatusReport report() throws IOException {
        Path record = Files.createDirectories(home.resolve("pods/default_students-server-0-0"));
        Files.writeString(
                record.resolve("state.json"), "{\"containers\":{\"mysqld\":{\"pid\":41},\"server\":{\"pid\":42}}}");
        return new StatusReport(
                new StatusReport.ClusterStatus("local", home.toString(), 40L, "http://127.0.0.1:40001/"),
                List.of(StatusReader.database(database(), List.of(shard()))),
                List.of(StatusReader.pod(pod(), LocalProcesses.of(new Home(home)))));
    }

    private static ShardedDatabase database() {
        ShardedDatabase database = new ShardedDatabase();
        database.setMetadata(new ObjectMetaBuilder()
                .withName("students")
                .withNamespace("default")
                .build());
        Condition ready = new ConditionBuilder()
                .withType("Ready")
                .withStatus("True")
                .withReason("AllReady")
                .withMessage("")
                .build();
        Condition degraded = new ConditionBuilder()
                .withType("Degraded")
                .withStatus("True")
                .withReason("CopyingShard")
                .withMessage("sh1 on server-1")
                .build();
        database.setStatus(new ShardedDatabaseStatus(
                1L,
                List.of(ready, degraded),
                1L,
                null,
                List.of(),
                3,
                3,
                4,
                4,
                1,
                "http://127.0.0.1:5000",
                "127.0.0.1:5001",
                null,
                null,
                Administration.Token,
                null,
                null));
        return database;
    }

    private static Shard shard() {
        Shard shard = new Shard();
        shard.setMetadata(new ObjectMetaBuilder()
                .withName("students-sh1")
                .withUid("11111111-2222-3333-4444-555555555555")
                .build());
        shard.setSpec(
                new ShardSpec("students", "sh1", new IntervalSpec(0L, 4096L), 1L, List.of(), null, null, List.of()));
        shard.setStatus(new ShardStatus(
                1L,
                ShardPhase.Ready,
                "server-0",
                3L,
                17L,
                2L,
                1L,
                List.of(
                        new ShardReplicaStatus(
                                "server-0", "aa", "Leader", "Healthy", 17L, 17L, 0L, 0L, 0L, null, null, null),
                        new ShardReplicaStatus(
                                "server-1",
                                "bb",
                                "Learner",
                                "Copying",
                                null,
                                5L,
                                12L,
                                40L,
                                1L,
                                null,
                                "rows 100/900",
                                "x")),
                List.of()));
        return shard;
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withName("students-server-0-0")
                .withNamespace("default")
                .withLabels(Map.of(
                        "app.kubernetes.io/component", "server",
                        "shardeddb.io/database", "students",
                        "shardeddb.io/server", "server-0"))
                .withAnnotations(Map.of("shardeddb.io/server-name", "server-0"))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("mysqld")
                .endContainer()
                .addNewContainer()
                .withName("server")
                .endContainer()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim("data-students-server-0-0", false)
                .endVolume()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("127.0.1.2")
                .addNewContainerStatus()
                .withName("mysqld")
                .withReady(true)
                .withRestartCount(0)
                .endContainerStatus()
                .addNewContainerStatus()
                .withName("server")
                .withReady(true)
                .withRestartCount(1)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = StatusReportTest.class.getResourceAsStream("/status/" + name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
