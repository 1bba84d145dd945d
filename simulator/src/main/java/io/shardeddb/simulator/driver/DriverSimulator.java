package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.ListedSimulator;
import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.driver.schedule.LoggedFaults;
import io.shardeddb.simulator.driver.schedule.RuleBroken;
import java.util.Arrays;

/** Runs the production driver: several servers with several groups each, under all that is modelled. */
public final class DriverSimulator {

    private DriverSimulator() {}

    /** Makes it. */
    public static Simulator make() {
        return new ListedSimulator(
                "driver",
                "groups, log, proposals, applying, reads and copies of shard servers, as they run in production",
                PinnedSeeds.of(DriverSimulator.class, PinnedSeeds.FILE, Wrong.variants(false)),
                Arrays.stream(FaultKind.values()).map(FaultKind::text).toList(),
                200,
                setup -> run(setup, false));
    }

    static Verdict run(Setup setup, boolean transactions) {
        String variant = setup.variant();
        Wrong wrong = variant == null ? Wrong.NOTHING : Wrong.valueOf(variant);
        try {
            World world = new World(setup, wrong, transactions);
            LoggedFaults.of(world.schedule());
            world.run();
            return new Verdict.Clean();
        } catch (RuleBroken e) {
            return e.violation();
        } catch (RuntimeException e) {
            return Verdict.Violation.thrown(e);
        } finally {
            LoggedFaults.of(null);
        }
    }
}
