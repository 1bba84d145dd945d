package io.shardeddb.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.ShardedDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Examples are tests: each is read as strictly as {@code sdb apply} reads a file. */
final class ExamplesTest {

    private static final Path EXAMPLES = Repository.find().root().resolve("examples");

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES, 2)) {
            // The cluster file is no resource; ClusterFileTest reads it.
            return files.filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("cluster.yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyExampleIsAValidDatabase(Path file) {
        assertThat(Manifests.read(file, "default")).hasSize(1).allMatch(Manifests::isDatabase);
    }

    @Test
    void theStudentsAreTheAssignmentsTable() {
        Path file = EXAMPLES.resolve("students.yaml");
        ShardedDatabase students = Manifests.database(
                file, "students", Manifests.read(file, "default").getFirst());
        assertThat(students.getSpec().shards())
                .extracting(shard -> shard.low())
                .containsExactly(0L, 4096L, 8192L, 12288L);
        assertThat(students.getSpec().servers().count()).isEqualTo(3);
        assertThat(students.getSpec().replication().replicas()).isEqualTo(3);
    }

    @Test
    void everyStudentLiesInAShardAndIsThereOnce() throws IOException {
        List<String> lines = Files.readAllLines(EXAMPLES.resolve("students.csv"));
        Set<Long> ids = new HashSet<>();
        lines.stream().skip(1).forEach(line -> ids.add(Long.parseLong(line.substring(0, line.indexOf(',')))));
        assertThat(ids).hasSize(10_000).allMatch(id -> id >= 0 && id < 16_384);
    }

    @Test
    void theGeneratorStillMakesTheStudents() throws IOException, InterruptedException {
        Process generator = new ProcessBuilder(EXAMPLES.resolve("students.sh").toString()).start();
        String made = new String(generator.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(generator.waitFor()).isZero();
        assertThat(made).isEqualTo(Files.readString(EXAMPLES.resolve("students.csv")));
    }
}
