package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator as it runs: with the framework, its caches and its lease. */
final class OperatorRunTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final OperatorRun.LeaseTimes QUICK =
            new OperatorRun.LeaseTimes(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofMillis(500));

    /** What is promised with the usual times, which are longer than these. */
    private static final Duration GIVEN_BACK = Duration.ofSeconds(3);

    private static OperatorSettings settings(String name) {
        return OperatorSettings.of(Map.of("LEADER_ELECTION", "true", "POD_NAME", name, "POD_NAMESPACE", "default"));
    }

    private static String leader(World world) {
        return world.list("leases.coordination.k8s.io").stream()
                .map(lease -> lease.path("spec").path("holderIdentity").asText())
                .findFirst()
                .orElse("");
    }

    private static Instant time(World world, String field) {
        return world.list("leases.coordination.k8s.io").stream()
                .map(lease -> Instant.parse(lease.path("spec").path(field).asText()))
                .findFirst()
                .orElseThrow();
    }

    private static Instant renewed(World world) {
        return time(world, "renewTime");
    }

    private static Instant acquired(World world) {
        return time(world, "acquireTime");
    }

    /** A database that is ready under the first operator, while the second one waits for the lease. */
    private static Databases readyUnder(World world, OperatorRun a, OperatorRun b) {
        Databases database = new Databases(world, "db");
        world.gate().live(Integer.MAX_VALUE);
        Thread.startVirtualThread(a::start);
        await("the first leads").atMost(LIMIT).until(() -> leader(world).equals("a"));
        Thread.startVirtualThread(b::start);
        database.apply(Databases.SPEC);
        await("ready").atMost(LIMIT).until(database::ready);
        return database;
    }

    @Test
    @SuppressWarnings("try") // The orderly end of one of the two is what the test is about.
    void oneOfTwoWorksWritesNothingWhenIdleAndTheOtherTakesOver(@TempDir Path folder) throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        try (World world = new World(folder);
                KubernetesClient second = world.anotherOperator();
                OperatorRun a =
                        new OperatorRun(world.operator(), settings("a"), world.links(), QUICK, () -> lost.set(true));
                OperatorRun b = new OperatorRun(second, settings("b"), world.links(), QUICK, () -> lost.set(true))) {
            Databases database = readyUnder(world, a, b);
            assertThat(database.leads()).isEqualTo(Map.of("server-0", 1, "server-1", 1, "server-2", 1));

            // Each shard is looked at every second, the database every two.
            // StatusWritesTest has ten minutes of rest, by a clock of its own.
            world.awaitNoWrites(Duration.ofSeconds(5), LIMIT);

            // Far below the six seconds after which a lease runs out.
            Instant told = Instant.now();
            a.close();
            assertThat(leader(world)).as("given back, or taken already").isNotEqualTo("a");
            await("the other leads")
                    .atMost(GIVEN_BACK)
                    .until(() -> leader(world).equals("b"));
            assertThat(acquired(world)).as("since it was told to end").isBefore(told.plus(GIVEN_BACK));
            assertThat(OperatorRun.LeaseTimes.USUAL.longestLook())
                    .as("the same with the usual times")
                    .isLessThan(GIVEN_BACK);
            world.servers().wipe("server-1");
            await("replaced").atMost(LIMIT).until(() -> world.servers().copiesMade() == 9 && database.ready());
            assertThat(database.voters().values()).allMatch(List.of("server-0", "server-1", "server-2")::equals);
            assertThat(world.servers().violations()).isEmpty();
            assertThat(lost)
                    .as("a closed operator does not count as one that lost its lease")
                    .isFalse();
        }
    }

    /** As when its process is killed or its node loses the network: nothing is given back. */
    @Test
    @SuppressWarnings("try") // The unorderly end of one of the two is what the test is about.
    void theOtherTakesOverFromALeaderThatIsCutOffAndThatOneEndsItself(@TempDir Path folder) throws Exception {
        AtomicBoolean lost = new AtomicBoolean();
        try (World world = new World(folder);
                KubernetesClient first = world.anotherOperator();
                OperatorRun b = new OperatorRun(world.operator(), settings("b"), world.links(), QUICK, () -> {})) {
            OperatorRun a = new OperatorRun(first, settings("a"), world.links(), QUICK, () -> lost.set(true));
            Databases database = readyUnder(world, a, b);

            first.close();
            Instant renewed = renewed(world);

            await("the other leads").atMost(LIMIT).until(() -> leader(world).equals("b"));
            assertThat(acquired(world))
                    .as("not before the lease has run out")
                    .isAfterOrEqualTo(renewed.plus(QUICK.lease()));
            await("the first one is to end").atMost(LIMIT).until(lost::get);
            world.servers().wipe("server-1");
            await("replaced").atMost(LIMIT).until(() -> world.servers().copiesMade() == 9 && database.ready());
            assertThat(world.servers().violations()).isEmpty();
        }
    }
}
