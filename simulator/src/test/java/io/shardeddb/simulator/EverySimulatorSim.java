package io.shardeddb.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardeddb.simulator.run.Simulators;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same seeds in every build, and proof that the simulators bite: every wrong variant is noticed, under a seed that
 * the right way survives.
 */
class EverySimulatorSim {
    /** When a change of the simulator has made the pinned seed harmless, so many others are tried. */
    private static final int BUDGET = 2000;

    static List<Simulator> simulators() {
        return Simulators.ALL;
    }

    static Stream<Arguments> variants() {
        return Simulators.ALL.stream()
                .flatMap(simulator -> simulator.variants().stream().map(variant -> Arguments.of(simulator, variant)));
    }

    @ParameterizedTest
    @MethodSource("simulators")
    void keepsEveryRule(Simulator simulator) {
        long begin = System.nanoTime();
        int seeds = simulator.seedsInEveryBuild();
        for (long seed = 0; seed < seeds; seed++) {
            assertThat(simulator.run(Setup.of(seed)))
                    .as("replay: ./sdb simulate --simulator %s --seed %d", simulator.name(), seed)
                    .isEqualTo(new Verdict.Clean());
        }
        System.out.printf(
                "simulator %s: %d seeds, %.1f ms each%n",
                simulator.name(), seeds, (System.nanoTime() - begin) / 1e6 / seeds);
    }

    /** Seeds that found faults of the product, which are mended. */
    @ParameterizedTest
    @CsvSource("driver, 23445")
    void keepsEveryRuleUnderSeedsThatFoundFaults(String name, long seed) {
        Simulator simulator = Simulators.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertThat(simulator.run(Setup.of(seed))).isEqualTo(new Verdict.Clean());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void noticesEveryWrongVariant(Simulator simulator, WrongVariant variant) {
        Setup pinned = Setup.of(variant.pinnedSeed());
        assertThat(simulator.run(pinned)).isEqualTo(new Verdict.Clean());
        if (simulator.run(pinned.with(variant.name())) instanceof Verdict.Violation) {
            return;
        }
        for (long seed = 0; seed < BUDGET; seed++) {
            if (simulator.run(Setup.of(seed).with(variant.name())) instanceof Verdict.Violation) {
                System.out.printf("simulator: %s is no longer noticed; pin %d%n", variant, seed);
                return;
            }
        }
        throw new AssertionError(variant + " survives " + BUDGET + " seeds: the simulator does not notice it any more");
    }

    @Test
    void namesAreUnlike() {
        Set<String> names = new HashSet<>();
        for (Simulator simulator : Simulators.ALL) {
            assertThat(names.add(simulator.name())).as(simulator.name()).isTrue();
            simulator
                    .variants()
                    .forEach(variant -> assertThat(names.add(variant.name()))
                            .as(variant.name())
                            .isTrue());
            assertThat(simulator.faults()).doesNotHaveDuplicates().allMatch(kind -> kind.matches("[a-z][a-z0-9-]*"));
        }
    }

    @Test
    void refusesAVariantOfAnother() {
        for (Simulator simulator : Simulators.ALL) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> simulator.run(Setup.of(0).with("NO_SUCH_VARIANT")));
        }
    }
}
