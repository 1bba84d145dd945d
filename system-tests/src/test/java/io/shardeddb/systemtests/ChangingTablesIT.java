package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables change, one step after the other, while clients of two routers write and read: no request fails, every row
 * comes once, each in the shape of a step that may be in force, and no acknowledged write is lost. Some steps in every
 * build, 50 in the profile {@code fault-tests}.
 */
@ExtendWith(SharedCluster.class)
final class ChangingTablesIT {

    /** 0: as many as fit into {@link #SHORT}. */
    private static final int CHANGES = Integer.getInteger("tables.changes", 0);

    private static final Duration SHORT = Duration.ofSeconds(25);
    /** Writes that are shown. */
    private static final int SLOWEST = 10;

    private static final int CHANGES_LEAST = 3;
    private static final String DATABASE = "changing";
    private static final int ROUTERS = 2;
    private static final int COPIES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunningCluster running;
    private final ChangedTables tables = new ChangedTables();

    ChangingTablesIT(RunningCluster shared) {
        this.running = shared;
    }

    @Test
    void changesOfTablesFailNoRequest(@TempDir Path folder) throws IOException, InterruptedException {
        running.add(Files.writeString(folder.resolve("changing.yaml"), database()));
        List<TableClients> clients = new ArrayList<>();
        try {
            running.awaitHealthy(DATABASE, COPIES);
            for (String endpoint : endpoints()) {
                clients.add(new TableClients(endpoint, tables, clients.size()));
            }
            assertThat(clients).hasSize(ROUTERS);
            clients.getFirst().fill();
            clients.forEach(TableClients::start);
            List<Long> took = changeTables(clients);
            for (TableClients each : clients) {
                each.stop();
            }
            for (TableClients each : clients) {
                each.requireAcknowledged();
            }
            say(clients, took);
            assertThat(clients.stream()
                            .flatMap(each -> each.failures().stream())
                            .toList())
                    .isEmpty();
            assertThat(clients.stream().mapToLong(TableClients::crossed).sum())
                    .as("full reads while tables changed")
                    .isGreaterThan(took.size() / 2);
        } finally {
            clients.forEach(TableClients::close);
            assertThat(running.sdb("remove", DATABASE)).isEqualTo(ExitCode.OK);
        }
    }

    /**
     * Changes tables, each time when every client but the slow ones has had a turn since the last change.
     *
     * @return how long each change took until it was in force, in nanoseconds
     */
    private List<Long> changeTables(List<TableClients> clients) throws IOException, InterruptedException {
        List<Long> took = new ArrayList<>();
        ChangedTables.Change[] kinds = ChangedTables.Change.values();
        long end = System.nanoTime() + SHORT.toNanos();
        while (CHANGES > 0 ? took.size() < CHANGES : took.size() < CHANGES_LEAST || System.nanoTime() < end) {
            List<Map<String, Long>> turns =
                    clients.stream().map(TableClients::counts).toList();
            long before = version();
            long begin = System.nanoTime();
            tables.ask(kinds[took.size() % kinds.length]);
            apply();
            RunningCluster.await("tables are in force", PATIENCE, () -> {
                ShardedDatabaseStatus status =
                        running.cluster().database(DATABASE).getStatus();
                return version() > before
                        ? List.of()
                        : List.of("newer tables than " + before + ": " + status.conditions());
            });
            tables.inForce();
            took.add(System.nanoTime() - begin);
            RunningCluster.await(
                    "every client has had a turn",
                    PATIENCE,
                    () -> IntStream.range(0, clients.size())
                            .boxed()
                            .flatMap(i -> clients.get(i).waiting(turns.get(i)).stream())
                            .toList());
        }
        return took;
    }

    private long version() {
        Long version = running.cluster().database(DATABASE).getStatus().schemaVersion();
        return version == null ? 0 : version;
    }

    private void apply() throws IOException {
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("spec").set("tables", tables.spec(JSON));
        running.cluster().api().merge(KnownKinds.DATABASE.path(running.cluster().namespace(), DATABASE), patch);
    }

    /** Where each router answers: clients of one are not clients of the other. */
    private List<String> endpoints() {
        return running.cluster().pods().stream()
                .filter(pod -> DATABASE.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .filter(pod -> pod.getMetadata().getName().startsWith(DATABASE + "-router-"))
                .map(ChangingTablesIT::endpoint)
                .toList();
    }

    private static String endpoint(Pod pod) {
        int port =
                pod.getSpec().getContainers().getFirst().getPorts().getFirst().getContainerPort();
        return "http://" + pod.getStatus().getPodIP() + ":" + port;
    }

    private static void say(List<TableClients> clients, List<Long> took) {
        List<TableClients.Wait> waits = clients.stream()
                .flatMap(each -> each.waits().stream())
                .sorted(Comparator.comparingLong(TableClients.Wait::nanos))
                .toList();
        System.out.printf(
                "%d changes of tables, %.2f s each, %.2f s the longest; %d full reads crossed one; %d failures%n",
                took.size(),
                took.stream().mapToLong(Long::longValue).average().orElse(0) / 1e9,
                took.stream().mapToLong(Long::longValue).max().orElse(0) / 1e9,
                clients.stream().mapToLong(TableClients::crossed).sum(),
                clients.stream().mapToLong(each -> each.failures().size()).sum());
        System.out.printf("%d writes: %s; %s%n", waits.size(), spread(waits), clients);
        List<TableClients.Wait> crossed =
                waits.stream().filter(TableClients.Wait::crossed).toList();
        System.out.printf("%d writes during a change: %s%n", crossed.size(), spread(crossed));
        waits.reversed().stream().limit(SLOWEST).forEach(wait -> System.out.println("  " + wait));
    }

    private static String spread(List<TableClients.Wait> sorted) {
        return sorted.isEmpty()
                ? "none"
                : "median %.0f ms, p99 %.0f ms, longest %.0f ms"
                        .formatted(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(List<TableClients.Wait> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())))
                        .nanos()
                / 1e6;
    }

    private String database() throws IOException {
        String resources = "{requests: {memory: 128Mi, cpu: 100m}, limits: {memory: 512Mi}}";
        return Stream.of(
                        "apiVersion: shardeddb.io/v1alpha1",
                        "kind: ShardedDatabase",
                        "metadata: {name: " + DATABASE + "}",
                        "spec:",
                        "  sharding: {strategy: Hash}",
                        "  shardCount: 2",
                        "  tables: " + JSON.writeValueAsString(tables.spec(JSON)),
                        "  replication: {replicas: " + COPIES + "}",
                        "  servers:",
                        "    count: 3",
                        "    storage: {size: 1Gi}",
                        "    mysql: {config: {innodb-buffer-pool-size: 64M}, resources: " + resources + "}",
                        "    resources: " + resources,
                        "  router: {replicas: " + ROUTERS + ", resources: " + resources + "}",
                        "  deletionPolicy: Delete",
                        "")
                .reduce("", (text, line) -> text + line + "\n");
    }
}
