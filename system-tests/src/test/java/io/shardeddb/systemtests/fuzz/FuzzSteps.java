package io.shardeddb.systemtests.fuzz;

import io.shardeddb.cli.proof.Faults;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every kind of step that there is; one more is one more entry. */
final class FuzzSteps {

    private static final int SOON_MILLIS = 1_500;
    private static final int MOST_HELD = 3;

    static final List<FuzzStep> ALL = List.of(
            edit("add a column", 8, (world, random) -> world.spec().oneMoreColumn(random.nextInt(100))),
            edit("add a table", 3, (world, random) -> world.spec().oneMoreTable()),
            edit("add a shard", 2, (world, random) -> world.spec().oneMoreShard()),
            edit("two or three copies", 2, (world, random) -> {
                FuzzSpec.State now = world.spec().now();
                return now.replicas(5 - now.replicas());
            }),
            new FuzzStep("three or four servers", 1, true, (world, random) -> {
                FuzzSpec.State now = world.spec().now();
                return world.wants(now.servers(7 - now.servers()));
            }),
            undone("add a column and take it back", 6, world -> world.spec().oneMoreColumn(0)),
            undone("add a table and take it back", 2, world -> world.spec().oneMoreTable()),
            undone("add a shard and take it back", 2, world -> world.spec().oneMoreShard()),
            new FuzzStep("invalid edit", 10, false, FuzzSteps::invalid),
            new FuzzStep("pause", 4, false, (world, random) -> {
                String said = world.wants(world.spec().now().paused(true));
                world.later(
                        held(random),
                        "go on",
                        () -> world.wants(world.spec().now().paused(false)));
                return said;
            }),
            new FuzzStep("delete a Shard object", 4, false, (world, random) -> world.deleteShard(random.nextInt(100))),
            new FuzzStep("edit a Shard object", 2, false, (world, random) -> world.editShard(random.nextInt(100))),
            new FuzzStep("delete the record", 3, false, (world, random) -> world.deleteRecord()),
            new FuzzStep(
                    "delete the record while the operator is away",
                    2,
                    false,
                    (world, random) -> freezeOperator(world, random) + ", " + world.deleteRecord()),
            new FuzzStep(
                    "edit the catalog", 3, false, (world, random) -> world.editRecord(chosen(RecordEdit.ALL, random))),
            new FuzzStep("edit the catalog while the operator is away", 5, false, (world, random) -> {
                String away = freezeOperator(world, random);
                String edited = world.editRecord(chosen(RecordEdit.ALL, random));
                return away + ", " + edited + (random.nextBoolean() ? ", " + killRouter(world, random) : "");
            }),
            new FuzzStep("delete a router", 4, false, (world, random) -> world.deleteRouter(random.nextInt(100))),
            new FuzzStep("kill a router", 3, false, FuzzSteps::killRouter),
            new FuzzStep("freeze a router", 2, false, (world, random) -> {
                List<String> routers = world.routerPods();
                return routers.isEmpty()
                        ? "no router"
                        : world.freeze(chosen(routers, random), "router", held(random), false);
            }),
            new FuzzStep("kill the operator", 4, false, (world, random) -> world.killOperator()),
            new FuzzStep("freeze the operator", 3, false, FuzzSteps::freezeOperator),
            new FuzzStep(
                    "kill a shard server",
                    4,
                    false,
                    (world, random) -> world.kill(world.server(random.nextInt(100)), Faults.SERVER)),
            new FuzzStep(
                    "kill a leader",
                    4,
                    false,
                    (world, random) -> world.kill(world.leader(random.nextInt(100)), Faults.SERVER)),
            new FuzzStep("kill a database server", 2, true, (world, random) -> {
                String pod = world.server(random.nextInt(100));
                return world.kill(pod, world.databaseContainer(pod));
            }),
            new FuzzStep(
                    "freeze a leader",
                    5,
                    false,
                    (world, random) -> world.freeze(
                            world.leader(random.nextInt(100)), Faults.SERVER, held(random), random.nextBoolean())),
            new FuzzStep(
                    "freeze all servers but a leader",
                    3,
                    true,
                    (world, random) -> world.freezeOthers(random.nextInt(100))),
            new FuzzStep("freeze a database server", 2, false, (world, random) -> {
                String pod = world.server(random.nextInt(100));
                return world.freeze(pod, world.databaseContainer(pod), held(random), false);
            }));

    private FuzzSteps() {}

    /** From what is wanted to another valid spec; null when there is none. */
    private interface Edit {
        FuzzSpec.@Nullable State next(FuzzWorld world, Random random);
    }

    private static FuzzStep edit(String name, int weight, Edit edit) {
        return new FuzzStep(name, weight, false, (world, random) -> {
            FuzzSpec.@Nullable State next = edit.next(world, random);
            return next == null ? "there are enough" : world.wants(next);
        });
    }

    /** A valid edit that is put back, often before anybody saw it. */
    private static FuzzStep undone(String name, int weight, Function<FuzzWorld, FuzzSpec.@Nullable State> edit) {
        return new FuzzStep(name, weight, false, (world, random) -> {
            FuzzSpec.State before = world.spec().now();
            FuzzSpec.@Nullable State next = edit.apply(world);
            if (next == null) {
                return "there are enough";
            }
            String said = world.wants(next);
            int millis = soon(random);
            Thread.sleep(millis);
            return said + ", put back after " + millis + " ms: " + world.wants(before);
        });
    }

    private static String invalid(FuzzWorld world, Random random) throws InterruptedException {
        InvalidEdit edit = chosen(InvalidEdit.ALL, random);
        String said = edit.name() + ": " + world.wants(world.spec().now().with(edit));
        if (random.nextBoolean()) {
            int millis = soon(random);
            Thread.sleep(millis);
            return said + ", put back after " + millis + " ms: "
                    + world.wants(world.spec().now().with(null));
        }
        // Put back by the next one, or at the end of the round.
        return said;
    }

    private static String killRouter(FuzzWorld world, Random random) {
        List<String> routers = world.routerPods();
        return routers.isEmpty() ? "no router" : world.kill(chosen(routers, random), "router");
    }

    private static String freezeOperator(FuzzWorld world, Random random) {
        return world.freezeOperator(held(random), random.nextBoolean());
    }

    /** Half of them at once. */
    private static int soon(Random random) {
        return random.nextBoolean() ? 0 : random.nextInt(SOON_MILLIS);
    }

    private static int held(Random random) {
        return 1 + random.nextInt(MOST_HELD);
    }

    private static <T> T chosen(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }
}
