package io.shardeddb.operator.growth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the operator costs with few and with many databases, each with three servers and three shards of three copies
 * (or as many as {@code growth.servers} says): at rest, for a new one, and for a change of one among all. The operator
 * is a process of its own; the API server, its controllers and the servers' answers are in this one. Makes the table of
 * docs/performance.md with the profile {@code growth}; the profile {@code measurements} runs a few databases. That rest
 * costs no request is held in every build by {@code StatusWritesTest}.
 */
@EnabledIfSystemProperty(
        named = "measurements",
        matches = "true",
        disabledReason = "a measurement, only with the profile measurements or growth")
final class OperatorGrowthIT {

    private static final int PER_NAMESPACE = 10;
    private static final int CHANGES = 5;
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final int SERVERS = Integer.getInteger("growth.servers", 3);

    @Test
    void restCostsNoRequestHoweverManyDatabases(@TempDir Path folder) throws Exception {
        List<Integer> sizes = Stream.of(
                        System.getProperty("growth.databases", "2").split(",", -1))
                .map(Integer::valueOf)
                .toList();
        int seconds = Integer.getInteger("growth.seconds", 10);
        Path results = Path.of("target", "growth");
        Files.createDirectories(results);
        List<String> lines = new ArrayList<>(List.of(
                "| databases | ready after s each | at rest: ms of a processor each second | looks/s | ms a look |"
                        + " reads, writes in "
                        + seconds
                        + " s | watches | heap MB | resident MB | a shard more: s until ready | API server, ms of a"
                        + " processor each second |",
                "|---|---|---|---|---|---|---|---|---|---|---|"));
        try (World world = new World(folder);
                Operator operator = Operator.start(world, results.resolve("operator.log"))) {
            int made = 0;
            for (int size : sizes) {
                long start = System.nanoTime();
                for (int i = made; i < size; i++) {
                    if (i % PER_NAMESPACE == 0) {
                        world.namespace(namespace(i));
                    }
                    apply(world, i, SERVERS);
                }
                awaitReady(world, size);
                int more = size - made;
                double each = (System.nanoTime() - start) / 1e9 / more;
                made = size;
                Row row = rest(world, operator, size, seconds);
                double heap = operator.heapAfterCollection();
                List<Double> changes = new ArrayList<>();
                for (int i = 0; i < Math.min(CHANGES, more); i++) {
                    changes.add(change(world, size - 1 - i));
                }
                lines.add(String.format(
                        Locale.ROOT,
                        "| %,d | %.2f | %.0f | %.1f | %.1f | %.0f, %.0f | %d | %.0f | %d | %.1f (%.1f) | %.0f |",
                        size,
                        each,
                        row.processor() * 1000,
                        row.looks(),
                        row.lookSeconds() * 1000,
                        row.reads(),
                        row.writes(),
                        world.watches(),
                        heap / (1 << 20),
                        operator.residentBytes() >> 20,
                        changes.stream().sorted().toList().get(changes.size() / 2),
                        changes.stream().max(Double::compare).orElseThrow(),
                        row.apiProcessor() * 1000));
                System.out.println(String.join("\n", lines));
                Files.write(results.resolve("operator.md"), lines);
                assertThat(row.writes())
                        .as("writes at rest with %d databases", size)
                        .isZero();
                assertThat(row.reads())
                        .as("reads at rest with %d databases", size)
                        .isZero();
                assertThat(world.servers().violations()).isEmpty();
            }
        }
    }

    /**
     * Rest.
     *
     * @param processor of the operator, seconds each second
     * @param looks each second
     * @param lookSeconds of one
     * @param reads in the whole time
     * @param writes in the whole time
     * @param apiProcessor of this process, in which the API server and the servers are
     */
    private record Row(
            double processor, double looks, double lookSeconds, double reads, double writes, double apiProcessor) {}

    private static Row rest(World world, Operator operator, int databases, int seconds)
            throws IOException, InterruptedException {
        // What moves all the time is written when it has moved, every ten seconds, and more rarely with more than 200
        // objects; then nothing is left to write.
        int objects = databases * (2 + SERVERS);
        world.awaitNoWrites(Duration.ofSeconds(2 + 10L * Math.max(1, (objects + 199) / 200)), LIMIT);
        double apiBefore = Operator.processorSeconds(ProcessHandle.current());
        Operator.Moment before = operator.now();
        long start = System.nanoTime();
        Thread.sleep(Duration.ofSeconds(seconds));
        Operator.Moment after = operator.now();
        double time = (System.nanoTime() - start) / 1e9;
        double looks = after.since(before, "shardeddb_operator_looks_total{loop=\"database\"}")
                + after.since(before, "shardeddb_operator_looks_total{loop=\"shard\"}");
        double lookSeconds = after.since(before, "shardeddb_operator_look_seconds_total{loop=\"database\"}")
                + after.since(before, "shardeddb_operator_look_seconds_total{loop=\"shard\"}");
        return new Row(
                (after.processorSeconds() - before.processorSeconds()) / time,
                looks / time,
                lookSeconds / looks,
                after.since(before, "shardeddb_operator_kubernetes_reads_total"),
                after.since(before, "shardeddb_operator_kubernetes_writes_total"),
                (Operator.processorSeconds(ProcessHandle.current()) - apiBefore) / time);
    }

    private static String namespace(int database) {
        return "team-" + database / PER_NAMESPACE;
    }

    private static ShardedDatabase apply(World world, int database, int shards) {
        String ranges = IntStream.range(0, shards)
                .mapToObj(i -> "{name: sh" + i + ", low: " + i * 10 + ", size: 10}")
                .collect(Collectors.joining(", "));
        String resource = """
            apiVersion: shardeddb.io/v1alpha1
            kind: ShardedDatabase
            metadata: {name: db-%d, namespace: %s}
            spec:
              sharding: {strategy: Range}
              tables: [{name: t, columns: [{name: k, type: Number}, {name: v, type: String}], primaryKey: [k]}]
              shards: [%s]
              replication: {replicas: %d}
              servers: {count: %d}
              deletionPolicy: Retain
            """.formatted(database, namespace(database), ranges, SERVERS, SERVERS);
        return world.admin()
                .resource(Serialization.unmarshal(resource, ShardedDatabase.class))
                .fieldManager("kubectl")
                .forceConflicts()
                .serverSideApply();
    }

    private static void awaitReady(World world, int size) {
        await(size + " databases ready")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(size < PER_NAMESPACE ? 100 : 2000))
                .until(() -> world.admin().resources(ShardedDatabase.class).inAnyNamespace().list().getItems().stream()
                                .filter(OperatorGrowthIT::ready)
                                .count()
                        == size);
    }

    private static boolean ready(ShardedDatabase database) {
        return is(database, ConditionType.Ready, "True") && is(database, ConditionType.Progressing, "False");
    }

    private static boolean is(ShardedDatabase database, ConditionType type, String value) {
        var condition =
                database.getStatus() == null ? null : database.getStatus().condition(type);
        return condition != null
                && value.equals(condition.getStatus())
                && Objects.equals(
                        condition.getObservedGeneration(),
                        database.getMetadata().getGeneration());
    }

    /** Adds a shard to a database; seconds until it is ready. */
    private static double change(World world, int database) {
        long start = System.nanoTime();
        apply(world, database, SERVERS + 1);
        await("changed")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> ready(Objects.requireNonNull(world.admin()
                        .resources(ShardedDatabase.class)
                        .inNamespace(namespace(database))
                        .withName("db-" + database)
                        .get())));
        return (System.nanoTime() - start) / 1e9;
    }
}
