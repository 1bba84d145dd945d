package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.util.Arrays;
import java.util.List;

/** Runs the production driver: several servers with several groups each, under all that is modelled. */
public final class DriverSimulator implements Simulator {
    private static final List<WrongVariant> VARIANTS = PinnedSeeds.of(
            DriverSimulator.class,
            Arrays.stream(Wrong.values())
                    .filter(wrong -> wrong != Wrong.NOTHING)
                    .map(Enum::name)
                    .toList());

    @Override
    public String name() {
        return "driver";
    }

    @Override
    public String description() {
        return "groups, log, proposals, applying, reads and copies of shard servers, as they run in production";
    }

    @Override
    public List<WrongVariant> variants() {
        return VARIANTS;
    }

    @Override
    public List<String> faults() {
        return Arrays.stream(FaultKind.values()).map(FaultKind::text).toList();
    }

    @Override
    public int seedsInEveryBuild() {
        return 200;
    }

    @Override
    public Verdict run(Setup setup) {
        String variant = setup.variant();
        Wrong wrong = variant == null ? Wrong.NOTHING : Wrong.valueOf(variant);
        try {
            World world = new World(setup, wrong);
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
