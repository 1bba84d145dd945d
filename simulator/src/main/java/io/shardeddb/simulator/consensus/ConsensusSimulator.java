package io.shardeddb.simulator.consensus;

import io.shardeddb.simulator.ListedSimulator;
import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;

/** The replication protocol of one group, with all that surrounds it modelled. */
public final class ConsensusSimulator {

    private ConsensusSimulator() {}

    /** Makes it. */
    public static Simulator make() {
        return new ListedSimulator(
                "consensus",
                "the replication protocol: one group, its servers, clients, operators",
                PinnedSeeds.of(ConsensusSimulator.class, Variant.SOUND, Variant.values()),
                FaultKind.NAMES,
                4000,
                ConsensusSimulator::run);
    }

    private static Verdict run(Setup setup) {
        String wrong = setup.variant();
        return Simulation.run(setup, wrong == null ? Variant.SOUND : Variant.valueOf(wrong));
    }
}
