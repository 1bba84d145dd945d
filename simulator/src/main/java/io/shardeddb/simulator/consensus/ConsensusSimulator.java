package io.shardeddb.simulator.consensus;

import io.shardeddb.simulator.PinnedSeeds;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.util.Arrays;
import java.util.List;

/** The replication protocol of one group, with all that surrounds it modelled. */
public final class ConsensusSimulator implements Simulator {
    private static final List<WrongVariant> VARIANTS = PinnedSeeds.of(
            ConsensusSimulator.class,
            Arrays.stream(Variant.values())
                    .filter(variant -> variant != Variant.SOUND)
                    .map(Enum::name)
                    .toList());

    @Override
    public String name() {
        return "consensus";
    }

    @Override
    public String description() {
        return "the replication protocol: one group, its servers, clients, operators";
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
        return 4000;
    }

    @Override
    public Verdict run(Setup setup) {
        String wrong = setup.variant();
        return Simulation.run(setup, wrong == null ? Variant.SOUND : Variant.valueOf(wrong));
    }
}
