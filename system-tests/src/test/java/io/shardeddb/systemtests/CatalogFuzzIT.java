package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.systemtests.clients.MachinePace;
import io.shardeddb.systemtests.fuzz.FuzzClients;
import io.shardeddb.systemtests.fuzz.FuzzSchedule;
import io.shardeddb.systemtests.fuzz.FuzzSpec;
import io.shardeddb.systemtests.fuzz.FuzzWorld;
import io.shardeddb.systemtests.fuzz.Outcome;
import io.shardeddb.systemtests.fuzz.Problems;
import io.shardeddb.systemtests.fuzz.Routers;
import io.shardeddb.systemtests.fuzz.RowModel;
import io.shardeddb.systemtests.fuzz.Settling;
import io.shardeddb.systemtests.fuzz.StatusWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Specs, objects and processes are disturbed by random steps, while clients write and read through two routers, and a
 * plain model of the rows judges each answer. {@code -Dfuzz.seed=N} repeats steps, pauses and choices; how the
 * processes interleave is real, and not repeated.
 */
@ExtendWith(SharedCluster.class)
final class CatalogFuzzIT {

    private static final long SEED = Long.getLong("fuzz.seed", 116_192);
    /** Rounds go on until this time has passed; 0: {@link #ROUNDS} short ones. */
    private static final long SECONDS = Long.getLong("fuzz.seconds", 0);

    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1);
    private static final int STEPS = Integer.getInteger("fuzz.steps", SECONDS == 0 ? 6 : 12);
    private static final int ROUTERS = 2;
    /** How long the last good spec may take to be in force, on a machine that does nothing else. */
    private static final Duration READY = Duration.ofSeconds(60);

    private static final Duration LATE = Duration.ofSeconds(5);

    private final Problems problems = new Problems();
    private final RunningCluster running;
    private final long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    private int rounds;
    private int steps;

    CatalogFuzzIT(RunningCluster shared) {
        this.running = shared;
    }

    @Test
    @EnabledIfSystemProperty(
            named = "fuzz.seconds",
            matches = "[1-9][0-9]*",
            disabledReason =
                    "it has not run often enough to tell its own faults from the product's; profile fault-tests")
    void answersNothingWrongWhateverIsEdited(@TempDir Path folder) throws IOException, InterruptedException {
        problems.step("fuzz.seed=" + SEED);
        try (MachinePace pace = new MachinePace()) {
            int databases = 0;
            do {
                databases++;
                String name = "fuzz" + databases;
                FuzzSpec spec = new FuzzSpec();
                Path file = folder.resolve(name + "-database.yaml");
                Files.writeString(file, spec.resource(name, ROUTERS).toString());
                running.add(file);
                fuzz(name, spec, pace);
                assertThat(running.sdb("remove", name)).isEqualTo(ExitCode.OK);
            } while (goesOn());
        }
    }

    private boolean goesOn() {
        return problems.found().isEmpty() && (SECONDS == 0 ? rounds < ROUNDS : System.nanoTime() - end < 0);
    }

    private void fuzz(String name, FuzzSpec spec, MachinePace pace) throws InterruptedException {
        RowModel model = new RowModel(problems);
        try (Routers routers = new Routers(running.cluster(), name);
                FuzzClients clients = new FuzzClients(model, problems, routers, spec, SEED)) {
            FuzzWorld world = new FuzzWorld(running.cluster(), running.faults(), name, spec, clients);
            try (StatusWatch watch = new StatusWatch(
                    running.cluster(), name, routers, world, model, problems, () -> pace.stretched(LATE))) {
                Settling settling = new Settling(
                        running.cluster(), name, world, clients, routers, model, problems, () -> pace.stretched(READY));
                do {
                    round(world, settling, pace);
                } while (goesOn() && !spec.isUsedUp());
                problems.step(
                        "%d rounds, %d steps; rows: %d acknowledged, %d told that nothing was changed, %d open; %d reads judged, %d not answered; the status was right %d times"
                                .formatted(
                                        rounds,
                                        steps,
                                        clients.counted(Outcome.ACKNOWLEDGED),
                                        clients.counted(Outcome.REFUSED),
                                        model.open().size(),
                                        clients.counted(Outcome.READ),
                                        clients.counted(Outcome.UNREAD),
                                        watch.looks()));
            } finally {
                world.healProcesses();
            }
        }
        assertThat(problems.found())
                .as(
                        "-Dfuzz.seed=%d: what was wrong; the last steps were%n%s",
                        SEED, String.join(System.lineSeparator(), problems.steps()))
                .isEmpty();
    }

    private void round(FuzzWorld world, Settling settling, MachinePace pace) throws InterruptedException {
        rounds++;
        long seed = new Random(SEED * 1_000_003 + rounds).nextLong();
        problems.step("round " + rounds);
        pace.reset();
        List<FuzzSchedule.Planned> planned = FuzzSchedule.of(seed, STEPS, SECONDS > 0);
        for (FuzzSchedule.Planned each : planned) {
            Thread.sleep(each.pauseMillis());
            world.endWhatIsDue().forEach(problems::step);
            problems.step(each.step().run(world, each.seed()));
            steps++;
            if (!problems.found().isEmpty()) {
                return;
            }
        }
        Duration took = settling.settle();
        problems.step("settled after %.1f s".formatted(took.toMillis() / 1e3));
    }
}
