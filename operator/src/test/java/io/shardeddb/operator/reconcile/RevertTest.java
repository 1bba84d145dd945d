package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.operator.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A copy fewer is asked for, and the old number again at any moment of the change: also when the operator dies at that
 * moment, and also when the server that gave its copy up is silent for a while. The shard always comes back to its
 * size.
 */
final class RevertTest {

    private static final String THREE = Databases.SPEC
            .replace(", {name: sh2, low: 10, size: 10}, {name: sh3, low: 20, size: 10}", "")
            .replace("Retain", "Delete");
    private static final String TWO = THREE.replace("replicas: 3", "replicas: 2");

    @TempDir
    private Path folder;

    /** What the operator does to give a copy up, step by step. */
    private List<String> stepsToTwo() throws IOException {
        try (World world = new World(Files.createDirectory(folder.resolve("whole")));
                SteppedOperator operator = new SteppedOperator(world)) {
            Databases database = three(world, operator);
            int before = world.gate().steps().size();
            database.apply(TWO);
            operator.settle("two copies", database::ready);
            List<String> steps = world.gate().steps();
            return steps.subList(before, steps.size());
        }
    }

    private static Databases three(World world, SteppedOperator operator) {
        Databases database = new Databases(world, "db");
        database.apply(THREE);
        operator.settle("three copies", database::ready);
        return database;
    }

    private static ShardPhase phase(Databases database) {
        Shard shard = Objects.requireNonNull(database.shards().get("sh1"));
        return Objects.requireNonNull(shard.getStatus()).phase();
    }

    private static void isWhole(World world, Databases database) {
        Shard shard = Objects.requireNonNull(database.shards().get("sh1"));
        assertThat(phase(database)).isEqualTo(ShardPhase.Ready);
        assertThat(world.servers().voters(database.group("sh1"))).containsExactly("server-0", "server-1", "server-2");
        assertThat(shard.getSpec().replicas())
                .extracting(ShardReplicaSpec::memberId)
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(world.servers().strays()).isEmpty();
        assertThat(world.servers().violations()).isEmpty();
    }

    @Test
    void growsBackWhereverTheOperatorDiedWhenTheChangeWasTakenBack() throws IOException {
        List<String> steps = stepsToTwo();
        assertThat(steps).anyMatch(step -> step.startsWith("ChangeMembership"));
        for (int k = 1; k <= steps.size(); k++) {
            try (World world = new World(Files.createDirectory(folder.resolve("k" + k)));
                    SteppedOperator operator = new SteppedOperator(world)) {
                Databases database = three(world, operator);
                database.apply(TWO);
                operator.mortal(k, false);
                while (!world.gate().dead()) {
                    operator.round();
                }
                database.apply(THREE);
                operator.settle("taken back after " + steps.get(k - 1), database::ready);
                isWhole(world, database);
            }
        }
    }

    @Test
    void growsBackWhenTheServerThatGaveItsCopyUpWasSilent() throws IOException {
        try (World world = new World(folder);
                SteppedOperator operator = new SteppedOperator(world)) {
            Databases database = three(world, operator);
            database.apply(TWO);
            Predicate<String> changes = step -> step.startsWith("ChangeMembership");
            long before = world.gate().steps().stream().filter(changes).count();
            world.gate().watch(step -> {
                if (changes.test(step)) {
                    // The one of the three that the new membership does not name.
                    List.of("server-0", "server-1", "server-2").stream()
                            .filter(server -> !world.servers()
                                    .voters(database.group("sh1"))
                                    .contains(server))
                            .forEach(server -> world.servers().freeze(server, true));
                }
            });
            operator.until(
                    "two voters",
                    () -> world.servers().voters(database.group("sh1")).size() == 2);
            assertThat(world.gate().steps().stream().filter(changes).count()).isGreaterThan(before);
            world.gate().watch(step -> {});
            database.apply(THREE);
            operator.until("the shard is not taken to be whole", () -> phase(database) == ShardPhase.Growing);
            for (int i = 0; i < 5; i++) {
                operator.round();
            }
            assertThat(database.ready()).isFalse();
            List.of("server-0", "server-1", "server-2")
                    .forEach(server -> world.servers().freeze(server, false));
            operator.settle("back", database::ready);
            isWhole(world, database);
        }
    }
}
