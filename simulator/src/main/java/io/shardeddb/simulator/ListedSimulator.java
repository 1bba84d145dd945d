package io.shardeddb.simulator;

import java.util.List;
import java.util.function.Function;

/**
 * A simulator that is told what {@link Simulator} asks for.
 *
 * @param runner runs a setup whose variant is one of these, or none
 */
public record ListedSimulator(
        String name,
        String description,
        List<WrongVariant> variants,
        List<String> faults,
        int seedsInEveryBuild,
        Function<Setup, Verdict> runner)
        implements Simulator {

    @Override
    public Verdict run(Setup setup) {
        return runner.apply(setup);
    }
}
