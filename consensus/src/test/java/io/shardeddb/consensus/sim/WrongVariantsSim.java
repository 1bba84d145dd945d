package io.shardeddb.consensus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proves that the simulator bites: every wrong variant is noticed, under a pinned seed that the sound protocol survives. */
class WrongVariantsSim {
    /** When a change of the simulator has made the pinned seed harmless, so many others are tried. */
    private static final int BUDGET = Integer.getInteger("sim.budget", 2000);

    private static final Map<Variant, Long> PINNED = new EnumMap<>(Variant.class);

    @BeforeAll
    static void readPinnedSeeds() throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(WrongVariantsSim.class.getResourceAsStream("pinned-seeds.txt")),
                StandardCharsets.UTF_8))) {
            for (String line :
                    reader.lines().filter(each -> !each.startsWith("#")).toList()) {
                String[] words = line.split(" +", -1);
                PINNED.put(Variant.valueOf(words[0]), Long.valueOf(words[1]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Variant.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void isNoticed(Variant variant) {
        Long pinned = PINNED.get(variant);
        if (pinned == null) {
            throw new AssertionError("no pinned seed for " + variant);
        }
        assertThat(Simulation.run(pinned, Variant.SOUND, false).failure()).isNull();
        if (Simulation.run(pinned, variant, false).failure() != null) {
            return;
        }
        for (long seed = 0; seed < BUDGET; seed++) {
            if (Simulation.run(seed, variant, false).failure() != null) {
                System.out.printf("simulator: %s is no longer noticed under seed %d; pin %d%n", variant, pinned, seed);
                return;
            }
        }
        throw new AssertionError(variant + " survives " + BUDGET + " seeds: the simulator does not notice it any more");
    }

    /** {@code -Dsim.rates=2000} prints how often each variant is noticed. */
    @Test
    @EnabledIfSystemProperty(
            named = "sim.rates",
            matches = "\\d+",
            disabledReason = "measures hit rates, for as long as asked: only with -Dsim.rates=SEEDS")
    void measuresHitRates() {
        long seeds = Long.getLong("sim.rates", 0);
        for (Variant variant : Arrays.asList(Variant.values()).subList(1, Variant.values().length)) {
            long noticed = 0;
            long first = -1;
            for (long seed = 0; seed < seeds; seed++) {
                if (Simulation.run(seed, variant, false).failure() != null) {
                    noticed++;
                    first = first < 0 ? seed : first;
                }
            }
            System.out.printf("%s %d %.2f%%%n", variant, first, 100.0 * noticed / seeds);
            assertThat(noticed).as("seeds that notice %s", variant).isPositive();
        }
    }
}
