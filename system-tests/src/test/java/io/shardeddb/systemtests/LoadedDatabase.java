package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.Shard;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.systemtests.clients.MachinePace;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A database with the table of {@code examples/students.yaml}, with a writer for each shard, and readers, while
 * something happens to it. Afterwards every acknowledged row and every row that was there before must be there, no
 * strong read may have missed what was acknowledged before it began, and all copies of each shard must agree.
 */
final class LoadedDatabase implements AutoCloseable {

    /** The database that is in every shared cluster. */
    static final String STUDENTS = "students";

    static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(3);

    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(2);
    private static final int KEYS = 500;
    private static final long PAUSE_MILLIS = 5;

    private final RunningCluster running;
    private final String name;
    private final Expected expected = new Expected();
    private final List<String> lines = new ArrayList<>();
    private final MachinePace pace = new MachinePace();

    LoadedDatabase(RunningCluster running, String name) {
        this.running = running;
        this.name = name;
    }

    /** What happens under load. */
    interface Scenario {
        void run(WriteLoad load, Servers servers) throws IOException, InterruptedException;
    }

    Expected expected() {
        return expected;
    }

    void underLoad(Scenario scenario) throws IOException, InterruptedException {
        running.awaitHealthy(name, copies());
        try (RouterClient router = new RouterClient(running.endpoint(name));
                Servers servers = Servers.of(running.cluster(), name)) {
            found(router).values().forEach(expected::acknowledged);
            List<Long> all = new ArrayList<>();
            try (WriteLoad load = new WriteLoad(router, expected, PAUSE_MILLIS);
                    StrongReads reads = new StrongReads(router, expected, startWriters(load, all))) {
                scenario.run(load, servers);
                load.stop();
                assertThat(load.refusals()).isEmpty();
                assertThat(reads.stale()).isEmpty();
                say("  %d writes acknowledged, %d strong reads, none stale".formatted(load.writes(), reads.reads()));
            }
            compare(router, servers);
        }
    }

    private List<Long> startWriters(WriteLoad load, List<Long> all) {
        for (Shard shard : running.shards(name)) {
            List<Long> keys = new ArrayList<>();
            for (long key = 0; key < KEYS; key++) {
                keys.add(shard.getSpec().interval().from() + key);
            }
            load.start(shard.getSpec().name(), keys);
            all.addAll(keys);
        }
        return all;
    }

    private void compare(RouterClient router, Servers servers) throws InterruptedException {
        running.awaitHealthy(name, copies());
        Map<Long, Student> found = found(router);
        assertThat(expected.differences(found)).isEmpty();
        for (Shard shard : running.shards(name)) {
            Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
            assertThat(sums.equalOn(copies()))
                    .as("%s: %s", shard.getSpec().name(), sums)
                    .isTrue();
        }
        say("  %d rows compared, copies of every shard equal".formatted(found.size()));
    }

    private static Map<Long, Student> found(RouterClient router) throws InterruptedException {
        Map<Long, Student> found = new HashMap<>();
        new Rows(router, Student.TABLE, RequestIds.fresh(), COMPARE_TIMEOUT)
                .range(
                        null,
                        null,
                        Long.MAX_VALUE,
                        row -> found.put(Student.of(row).id(), Student.of(row)));
        return found;
    }

    /**
     * Asked directly, not through the operator: the server's replicas are healthy and have what the leaders had
     * committed by now.
     */
    void awaitRecovered(Servers servers, Pod pod) throws InterruptedException {
        running.awaitHealthy(name, copies());
        Map<Object, Long> committed = new HashMap<>();
        for (String server : serverNames()) {
            servers.status(server)
                    .map(ServerStatus::getReplicasList)
                    .orElse(List.of())
                    .forEach(replica -> committed.merge(replica.getGroup(), replica.getCommitIndex(), Math::max));
        }
        RunningCluster.await(name(pod) + " has caught up", RECOVERY_TIMEOUT, () -> {
            List<ReplicaStatus> replicas =
                    servers.status(name(pod)).map(ServerStatus::getReplicasList).orElse(List.of());
            List<String> behind = new ArrayList<>();
            committed.forEach((group, index) -> {
                boolean there = replicas.stream()
                        .anyMatch(replica -> replica.getGroup().equals(group)
                                && replica.getState() == ReplicaState.HEALTHY
                                && replica.getAppliedIndex() >= index);
                if (!there) {
                    behind.add("a replica at index " + index);
                }
            });
            return behind;
        });
    }

    /** Waits until a container's process is another one than before. */
    void awaitAnotherProcess(Pod pod, String container, long old) throws InterruptedException {
        running.awaitAnotherProcess(pod, container, old);
    }

    /** The pod of the server that leads a shard; while a leadership moves nobody does. */
    Pod leader(Servers servers, Shard shard) throws InterruptedException {
        AtomicReference<String> leader = new AtomicReference<>();
        RunningCluster.await("somebody leads", RECOVERY_TIMEOUT, () -> {
            servers.leader(shard).ifPresent(found -> leader.set(found.server()));
            return leader.get() == null ? List.of("a leader") : List.of();
        });
        return running.serverPod(name, leader.get());
    }

    static String mysqld(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getName)
                .filter(container -> !container.equals(Faults.SERVER))
                .findFirst()
                .orElseThrow();
    }

    static String name(Pod pod) {
        return String.valueOf(Cluster.serverName(pod));
    }

    /** From now on pauses count for the next fault. */
    void resetPauses(WriteLoad load) {
        load.resetPauses();
        pace.reset();
    }

    /** Says and bounds the longest pause since the last reset, see {@link MachinePace}. */
    void sayPause(WriteLoad load, String what) {
        Duration longest =
                load.longestPauses().values().stream().max(Duration::compareTo).orElseThrow();
        Duration allowed = pace.longestPause();
        say("%s: longest pause of a writer %.2f s, allowed %.2f s"
                .formatted(what, longest.toNanos() / 1e9, allowed.toNanos() / 1e9));
        assertThat(longest).as("%s: longest pause of a writer", what).isLessThan(allowed);
    }

    void say(String line) {
        lines.add(line);
    }

    private int copies() {
        return running.cluster().database(name).getSpec().replication().replicas();
    }

    private List<String> serverNames() {
        return running.cluster().database(name).getStatus().servers().stream()
                .map(io.shardeddb.crds.ServerStatus::name)
                .toList();
    }

    /** Ends the measuring of the machine, and prints what was said. */
    @Override
    public void close() {
        pace.close();
        lines.forEach(System.out::println);
    }
}
