package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.proof.WriteLoad;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.systemtests.clients.MachinePace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers and copies go up and down, and every server is restarted with another configuration, while clients write and
 * read: nothing acknowledged is lost, writes are never silent for longer than {@link MachinePace} allows, few copies
 * are made, one server at a time is down, and the status is true. One server more and fewer in every build; the whole,
 * on clusters of its own, in the profile {@code fault-tests}.
 */
@ExtendWith(SharedCluster.class)
final class ScalingIT {

    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final String WHOLE = "the whole form, only with the profile fault-tests";
    private static final int SHARDS = 4;
    private static final Duration STEP_TIMEOUT = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

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
    void addsAndRemovesAServerWhileClientsWrite(RunningCluster shared) throws IOException, InterruptedException {
        underLoad(shared, steps -> {
            // Twelve copies: on four servers three each, so three move, and three stand on the one that goes.
            steps.make(scale(4, 3, 3));
            steps.make(scale(3, 3, 3));
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "scaling.whole", matches = "true", disabledReason = WHOLE)
    void scalesWithTheFewestCopiesWhileClientsWrite(@TempDir Path folder) throws IOException, InterruptedException {
        underLoadOfItsOwn(folder, steps -> {
            // Twelve copies: on six servers two each, so six move; four stand on the two servers that go.
            steps.make(scale(6, 3, 6));
            steps.make(scale(6, 5, 2 * SHARDS));
            steps.make(scale(6, 3, 0));
            steps.make(scale(4, 3, 4));
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "scaling.whole", matches = "true", disabledReason = WHOLE)
    void restartsOneServerAtATimeWhileClientsWrite(@TempDir Path folder) throws IOException, InterruptedException {
        underLoadOfItsOwn(folder, steps -> {
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

    private static void underLoadOfItsOwn(Path folder, Changes changes) throws IOException, InterruptedException {
        try (RunningCluster running = RunningCluster.up(folder, "students.yaml")) {
            underLoad(running, changes);
        }
    }

    private static void underLoad(RunningCluster running, Changes changes) throws IOException, InterruptedException {
        try (LoadedDatabase database = new LoadedDatabase(running, DATABASE);
                ClusterWatch watch = new ClusterWatch(running.cluster(), DATABASE)) {
            database.underLoad((load, servers) -> changes.make(new Steps(running, database, load, watch)));
            assertThat(watch.untruths()).isEmpty();
        }
    }

    /** Makes changes one after another and measures each. */
    private static final class Steps {
        private final RunningCluster running;
        private final LoadedDatabase loaded;
        private final WriteLoad load;
        private final ClusterWatch watch;
        private final List<String> faults = new ArrayList<>();

        Steps(RunningCluster running, LoadedDatabase loaded, WriteLoad load, ClusterWatch watch) {
            this.running = running;
            this.loaded = loaded;
            this.load = load;
            this.watch = watch;
        }

        void make(Change change) throws IOException, InterruptedException {
            int copies = watch.copies();
            watch.mostDown();
            loaded.resetPauses(load);
            long start = System.nanoTime();
            running.cluster()
                    .api()
                    .merge(
                            KnownKinds.DATABASE.path(running.cluster().namespace(), DATABASE),
                            JSON.createObjectNode().set("spec", JSON.readTree(change.patch())));
            RunningCluster.await(change.name(), STEP_TIMEOUT, () -> missing(change, copies));
            double seconds = (System.nanoTime() - start) / 1e9;
            // Time for the watch to see the last of it, and for leaderships to spread.
            RunningCluster.await("leaderships are spread", STEP_TIMEOUT, this::unevenLeaders);
            running.awaitHealthy(DATABASE, change.copies());
            int made = watch.copies() - copies;
            int down = watch.mostDown();
            loaded.say("%s: %.1f s, %d copies made (fewest possible %d), at most %d servers down"
                    .formatted(change.name(), seconds, made, change.fewest(), down));
            loaded.sayPause(load, change.name());
            assertThat(made).as("%s: copies made", change.name()).isBetween(change.fewest(), change.fewest() + 1);
            assertThat(down).as("%s: servers down at once", change.name()).isLessThanOrEqualTo(1);
        }

        /** The containers with the databases. */
        List<Container> mysqld() {
            return running.cluster().pods().stream()
                    .flatMap(pod -> pod.getSpec().getContainers().stream())
                    .filter(container -> container.getName().equals("mysqld"))
                    .toList();
        }

        private List<String> missing(Change change, int copiesBefore) {
            faults.clear();
            ShardedDatabase database = running.cluster().database(DATABASE);
            if (!ClusterWatch.settled(database)) {
                faults.add("not settled: " + database.getStatus().conditions());
            }
            if (database.getStatus().serverCount() != change.servers()) {
                faults.add(database.getStatus().serverCount() + " servers");
            }
            // Between two moves of copies a status may already say that all is settled.
            int made = watch.copies() - copiesBefore;
            if (made < change.fewest()) {
                faults.add("only " + made + " copies made");
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
}
