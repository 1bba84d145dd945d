package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.proof.Expected;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.proof.Student;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers and copies go up and down, and every server is restarted with another configuration, while clients write and read: nothing
 * acknowledged is lost, writes are never silent for long, few copies are made, one server at a time is down, and the status is true.
 * In the profile {@code fault-tests}.
 */
@EnabledIfSystemProperty(named = "scaling.whole", matches = "true")
final class ScalingIT {

    private static final String DATABASE = "students";
    private static final int KEYS = 1_000;
    private static final int SHARDS = 4;
    private static final Duration STEP_TIMEOUT = Duration.ofMinutes(4);
    private static final Duration COMPARE_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(Integer.getInteger("faults.longest-pause", 30));
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Expected expected = new Expected();

    /**
     * A change of the spec.
     *
     * @param patch a merge patch of the spec
     * @param servers servers afterwards
     * @param copies copies of each shard afterwards
     * @param fewest copies that must be made at least
     */
    private record Change(String name, String patch, int servers, int copies, int fewest) {}

    private static Change scale(int servers, int copies, int fewest) {
        return new Change(
                servers + " servers, " + copies + " copies",
                "{\"servers\":{\"count\":%d},\"replication\":{\"replicas\":%d}}".formatted(servers, copies),
                servers,
                copies,
                fewest);
    }

    /** Changes to make, one after another. */
    private interface Changes {
        void make(Steps steps) throws IOException, InterruptedException;
    }

    @Test
    void scalesWithTheFewestCopiesWhileClientsWrite(@TempDir Path folder) throws IOException, InterruptedException {
        underLoad(folder, steps -> {
            // Twelve copies: on six servers two each, so six move; four stand on the two servers that go.
            steps.make(scale(6, 3, 6));
            steps.make(scale(6, 5, 2 * SHARDS));
            steps.make(scale(6, 3, 0));
            steps.make(scale(4, 3, 4));
        });
    }

    @Test
    void restartsOneServerAtATimeWhileClientsWrite(@TempDir Path folder) throws IOException, InterruptedException {
        underLoad(folder, steps -> {
            steps.make(new Change(
                    "another MySQL configuration",
                    "{\"servers\":{\"mysql\":{\"config\":{\"innodb-buffer-pool-size\":\"80M\"}}}}",
                    3,
                    3,
                    0));
            assertThat(steps.mysqld())
                    .hasSize(3)
                    .allMatch(mysqld -> mysqld.getArgs().contains("--innodb-buffer-pool-size=80M"));
            steps.make(new Change(
                    "another image and other limits",
                    "{\"servers\":{\"mysql\":{\"image\":\"mariadb:11.4.5\",\"resources\":{\"limits\":{\"memory\":\"600Mi\"}}}}}",
                    3,
                    3,
                    0));
            assertThat(steps.mysqld())
                    .hasSize(3)
                    .allMatch(mysqld -> mysqld.getImage().equals("mariadb:11.4.5"));
        });
    }

    private void underLoad(Path folder, Changes changes) throws IOException, InterruptedException {
        try (RunningCluster running = RunningCluster.up(folder, "students.yaml")) {
            running.awaitHealthy(DATABASE, 3);
            try (RouterClient router = new RouterClient(running.endpoint(DATABASE));
                    WriteLoad load = new WriteLoad(router, expected, 5);
                    StrongReads reads = new StrongReads(router, expected, startWriters(running, load));
                    ClusterWatch watch = new ClusterWatch(running.cluster(), DATABASE)) {
                changes.make(new Steps(running, load, watch));
                load.stop();
                assertThat(load.refusals()).isEmpty();
                assertThat(reads.stale()).isEmpty();
                assertThat(watch.untruths()).isEmpty();
                say("%d writes acknowledged, %d strong reads, none stale".formatted(load.writes(), reads.reads()));
                compare(running, router);
            }
        }
    }

    private static List<Long> startWriters(RunningCluster running, WriteLoad load) {
        List<Long> all = new ArrayList<>();
        for (Shard shard : running.shards(DATABASE)) {
            List<Long> keys = new ArrayList<>();
            for (long key = 0; key < KEYS; key++) {
                keys.add(shard.getSpec().interval().from() + key);
            }
            load.start(shard.getSpec().name(), keys);
            all.addAll(keys);
        }
        return all;
    }

    /** Makes changes one after another and measures each. */
    private static final class Steps {
        private final RunningCluster running;
        private final WriteLoad load;
        private final ClusterWatch watch;
        private final List<String> faults = new ArrayList<>();

        Steps(RunningCluster running, WriteLoad load, ClusterWatch watch) {
            this.running = running;
            this.load = load;
            this.watch = watch;
        }

        void make(Change change) throws IOException, InterruptedException {
            int copies = watch.copies();
            watch.mostDown();
            load.resetPauses();
            long start = System.nanoTime();
            running.cluster()
                    .api()
                    .merge(
                            KnownKinds.DATABASE.path(running.cluster().namespace(), DATABASE),
                            JSON.createObjectNode().set("spec", JSON.readTree(change.patch())));
            RunningCluster.await(change.name(), STEP_TIMEOUT, () -> missing(change));
            double seconds = (System.nanoTime() - start) / 1e9;
            // Time for the watch to see the last of it, and for leaderships to spread.
            RunningCluster.await("leaderships are spread", STEP_TIMEOUT, this::unevenLeaders);
            running.awaitHealthy(DATABASE, change.copies());
            Duration longest = load.longestPauses().values().stream()
                    .max(Duration::compareTo)
                    .orElseThrow();
            int made = watch.copies() - copies;
            int down = watch.mostDown();
            say(
                    "%s: %.1f s, %d copies made (fewest possible %d), longest pause of a writer %.2f s, at most %d servers down"
                            .formatted(change.name(), seconds, made, change.fewest(), longest.toNanos() / 1e9, down));
            assertThat(made).as("%s: copies made", change.name()).isBetween(change.fewest(), change.fewest() + 1);
            assertThat(down).as("%s: servers down at once", change.name()).isLessThanOrEqualTo(1);
            assertThat(longest)
                    .as("%s: longest pause of a writer", change.name())
                    .isLessThan(LONGEST_PAUSE);
        }

        /** The containers with the databases. */
        List<Container> mysqld() {
            return running.cluster().pods().stream()
                    .flatMap(pod -> pod.getSpec().getContainers().stream())
                    .filter(container -> container.getName().equals("mysqld"))
                    .toList();
        }

        private List<String> missing(Change change) {
            faults.clear();
            ShardedDatabase database = running.cluster().database(DATABASE);
            if (!ClusterWatch.settled(database)) {
                faults.add("not settled: " + database.getStatus().conditions());
            }
            if (database.getStatus().serverCount() != change.servers()) {
                faults.add(database.getStatus().serverCount() + " servers");
            }
            return List.copyOf(faults);
        }

        /** Leaderships that could move to a server that leads two fewer. */
        private List<String> unevenLeaders() {
            List<Shard> shards = running.shards(DATABASE);
            Map<String, Integer> leads = new HashMap<>();
            for (Shard shard : shards) {
                leads.merge(leader(shard), 1, Integer::sum);
            }
            List<String> uneven = new ArrayList<>();
            for (Shard shard : shards) {
                int here = leads.getOrDefault(leader(shard), 0);
                shard.getSpec().replicas().stream()
                        .filter(member -> here - leads.getOrDefault(member.server(), 0) > 1)
                        .forEach(member -> uneven.add(shard.getSpec().name() + " could move to " + member.server()));
            }
            return uneven;
        }

        private static String leader(Shard shard) {
            return shard.getStatus() == null
                    ? "nobody"
                    : String.valueOf(shard.getStatus().leader());
        }
    }

    private void compare(RunningCluster running, RouterClient router) throws InterruptedException {
        running.awaitHealthy(DATABASE, 3);
        Map<Long, Student> found = new HashMap<>();
        new Rows(router, Student.TABLE, RequestIds.fresh(), COMPARE_TIMEOUT)
                .range(
                        null,
                        null,
                        Long.MAX_VALUE,
                        row -> found.put(Student.of(row).id(), Student.of(row)));
        assertThat(expected.differences(found)).isEmpty();
        try (Servers servers = Servers.of(running.cluster(), DATABASE)) {
            for (Shard shard : running.shards(DATABASE)) {
                Servers.ShardChecksums sums = servers.checksums(shard, COMPARE_TIMEOUT);
                assertThat(sums.equalOn(3))
                        .as("%s: %s", shard.getSpec().name(), sums)
                        .isTrue();
            }
        }
        say("%d rows compared, copies of every shard equal".formatted(found.size()));
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
