package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.operator.world.World;
import io.shardeddb.protocol.wire.GroupConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operator dies after its k-th step (a write to the API or a call of a server whose answer it does not hear any
 * more), for every k of creating, scaling, replacing, rolling and deleting, and one that remembers nothing goes on: the
 * end is the same. Then once more with operators that each live for a few steps only. {@code -Dkill.stride=5} takes
 * every fifth k, as the plain build does.
 */
final class KilledOperatorTest {

    private static final String SMALL = Databases.SPEC
            .replace(", {name: sh2, low: 10, size: 10}, {name: sh3, low: 20, size: 10}", "")
            .replace("Retain", "Delete");

    /** What is done. */
    enum Work {
        CREATE(SMALL, SMALL),
        GROW(SMALL, SMALL.replace("replicas: 3", "replicas: 4").replace("count: 3", "count: 4")),
        SHRINK(SMALL.replace("count: 3", "count: 4").replace("{replicas: 3}", "{replicas: 4}"), SMALL),
        REPLACE(SMALL, SMALL),
        ROLL(SMALL, SMALL.replace("{count: 3}", "{count: 3, podAnnotations: {a: b}}")),
        DELETE(SMALL, "");

        private final String before;
        private final String after;

        Work(String before, String after) {
            this.before = before;
            this.after = after;
        }

        private void begin(World world, Databases database) {
            if (this == REPLACE) {
                world.servers().wipe("server-0");
            } else if (this == DELETE) {
                world.servers().mayLoseAll();
                database.delete();
            } else {
                database.apply(after);
            }
        }
    }

    /** What is there in the end, without what differs from run to run: uids, versions, times. */
    private static List<String> state(World world, Databases database) {
        List<String> state = new ArrayList<>();
        for (String resource : List.of(
                "shardeddatabases.shardeddb.io",
                "shards.shardeddb.io",
                "statefulsets.apps",
                "deployments.apps",
                "services",
                "secrets",
                "configmaps",
                "serviceaccounts",
                "roles.rbac.authorization.k8s.io",
                "rolebindings.rbac.authorization.k8s.io",
                "poddisruptionbudgets.policy",
                "networkpolicies.networking.k8s.io",
                "persistentvolumeclaims")) {
            for (ObjectNode object : world.list(resource)) {
                state.add(resource + "/" + Meta.name(object));
            }
        }
        for (ObjectNode pod : world.list("pods")) {
            if ("server".equals(Meta.labels(pod).get("app.kubernetes.io/component"))) {
                state.add("pod " + Meta.name(pod) + " " + Meta.labels(pod).get("controller-revision-hash"));
            }
        }
        database.shards().forEach((name, shard) -> {
            GroupConfiguration configuration = world.servers().configuration(database.group(name));
            state.add(name + " on " + world.servers().voters(database.group(name)) + ", learners "
                    + configuration.getLearnersCount() + ", tolerance " + configuration.getFaultTolerance()
                    + ", recorded "
                    + shard.getSpec().replicas().stream()
                            .map(replica -> replica.server() + " " + replica.role())
                            .sorted()
                            .toList()
                    + ", schema " + shard.getStatus().schemaVersion() + ", "
                    + shard.getStatus().phase());
        });
        for (ObjectNode object : world.list("shardeddatabases.shardeddb.io")) {
            Tree.at(object, "status", "conditions")
                    .forEach(condition -> state.add(condition.path("type").asText() + " "
                            + condition.path("status").asText() + " "
                            + condition.path("reason").asText()));
        }
        state.add("strays " + world.servers().strays());
        return state;
    }

    private record End(List<String> state, int steps, List<String> all) {}

    /**
     * One run: the operator dies after so many steps of the work, and after as many again if it is to die again and
     * again.
     */
    private static End run(Work work, Path folder, int stepsToLive, boolean againAndAgain) throws IOException {
        try (World world = new World(folder);
                SteppedOperator operator = new SteppedOperator(world)) {
            Databases database = new Databases(world, "db");
            if (work != Work.CREATE) {
                database.apply(work.before);
                operator.settle(
                        "before", () -> database.ready() && database.leads().size() == 1);
            }
            int before = world.gate().steps().size();
            work.begin(world, database);
            operator.mortal(stepsToLive, againAndAgain);
            BooleanSupplier done = work == Work.DELETE
                    ? () -> database.find() == null
                            && world.list("persistentvolumeclaims").isEmpty()
                    : database::ready;
            operator.settle(work + " killed after " + stepsToLive, done);
            operator.mortal(Integer.MAX_VALUE, false);
            operator.settle("settled", done);
            assertThat(world.servers().violations()).isEmpty();
            assertThat(world.servers().mostDown()).isLessThanOrEqualTo(work == Work.DELETE ? 3 : 1);
            List<String> steps = world.gate().steps();
            return new End(state(world, database), steps.size() - before, steps.subList(before, steps.size()));
        }
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    void theEndIsTheSameWhereverTheOperatorWasKilled(Work work, @TempDir Path folder) throws IOException {
        End whole = run(work, folder.resolve("whole"), Integer.MAX_VALUE, false);
        assertThat(whole.state()).isNotEmpty();
        int stride = Integer.getInteger("kill.stride", 1);
        System.out.printf("%s: %d steps, killed after every %d%n", work, whole.steps(), stride);
        for (int k = 1; k < whole.steps(); k += stride) {
            Path place = Files.createDirectories(folder.resolve("k" + k));
            assertThat(run(work, place, k, false).state())
                    .as("killed after step %s, %s", k, whole.all().get(k - 1))
                    .isEqualTo(whole.state());
        }
        // Fewer would not do: a life has to suffice to repeat what is safe to repeat and to go one step further.
        assertThat(run(work, folder.resolve("always"), 12, true).state())
                .as("killed after every twelve steps")
                .isEqualTo(whole.state());
    }
}
