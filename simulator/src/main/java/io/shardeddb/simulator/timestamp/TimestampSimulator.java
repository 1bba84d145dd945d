package io.shardeddb.simulator.timestamp;

import io.shardeddb.simulator.ListedSimulator;
import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;

/** The timestamp service: its servers, callers and operators. */
public final class TimestampSimulator {

    private TimestampSimulator() {}

    /** Makes it. */
    public static Simulator make() {
        return new ListedSimulator(
                "timestamps",
                "the timestamp service: its servers, callers, operators",
                PinnedSeeds.of(TimestampSimulator.class, WrongTimestamps.SOUND, WrongTimestamps.values()),
                FaultKind.NAMES,
                2000,
                TimestampSimulator::run);
    }

    private static Verdict run(Setup setup) {
        String wrong = setup.variant();
        return new TimestampWorld(setup, wrong == null ? WrongTimestamps.SOUND : WrongTimestamps.valueOf(wrong)).run();
    }
}
