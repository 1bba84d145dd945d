package io.shardeddb.simulator.timestamp;

import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.util.Arrays;
import java.util.List;

/** The timestamp service: its servers, callers and operators. */
public final class TimestampSimulator implements Simulator {
    private static final List<WrongVariant> VARIANTS = PinnedSeeds.of(
            TimestampSimulator.class,
            Arrays.stream(WrongTimestamps.values())
                    .filter(variant -> variant != WrongTimestamps.SOUND)
                    .map(Enum::name)
                    .toList());

    @Override
    public String name() {
        return "timestamps";
    }

    @Override
    public String description() {
        return "the timestamp service: its servers, callers, operators";
    }

    @Override
    public List<WrongVariant> variants() {
        return VARIANTS;
    }

    @Override
    public List<String> faults() {
        return FaultKind.NAMES;
    }

    @Override
    public int seedsInEveryBuild() {
        return 2000;
    }

    @Override
    public Verdict run(Setup setup) {
        String wrong = setup.variant();
        return new TimestampWorld(setup, wrong == null ? WrongTimestamps.SOUND : WrongTimestamps.valueOf(wrong)).run();
    }
}
