package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Breaks rules exactly where a test says so. Its wrong variant is noticed under every third seed, its survivor under
 * none.
 */
record ToySimulator(String name, List<WrongVariant> variants, Function<Setup, Verdict> right) implements Simulator {
    static final WrongVariant NOTICED = new WrongVariant("NOTICED", 3);
    static final WrongVariant SURVIVOR = new WrongVariant("SURVIVOR", 5);
    static final List<String> KINDS = List.of("cut", "crash", "loss", "wipe", "rot");

    /** No rule is broken and the wrong variant is noticed. */
    static ToySimulator sound() {
        return new ToySimulator("sound", List.of(NOTICED), _ -> new Verdict.Clean());
    }

    /** Seeds that end in 7 break a rule when processes crash and messages are lost. */
    static ToySimulator broken() {
        return new ToySimulator(
                "broken",
                List.of(),
                setup -> setup.seed() % 10 == 7
                                && setup.faults().allows("crash")
                                && setup.faults().allows("loss")
                        ? Verdict.Violation.told("row 4 is there: it was of seed " + setup.seed())
                        : new Verdict.Clean());
    }

    @Override
    public String description() {
        return "a toy";
    }

    @Override
    public List<String> faults() {
        return KINDS;
    }

    @Override
    public int seedsInEveryBuild() {
        return 1;
    }

    @Override
    public Verdict run(Setup setup) {
        setup.trace().line("0 begins with seed " + setup.seed());
        if (setup.variant() == null) {
            return right.apply(setup);
        }
        return Objects.equals(setup.variant(), NOTICED.name()) && setup.seed() % 3 == 0
                ? Verdict.Violation.told("nothing is wrong")
                : new Verdict.Clean();
    }
}
