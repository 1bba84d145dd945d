package io.shardeddb.consensus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs clusters under many seeds. {@code -Dsim.seed=} replays one with its trace; {@code -Dsim.seeds=} runs so many from
 * {@code -Dsim.first=}; {@code -Dsim.seconds=} runs for a time from a seed nobody has chosen.
 */
class ConsensusSim {
    private static final long DEFAULT_SECONDS = 20;

    @Test
    @Timeout(7 * 24 * 3600)
    void keepsEveryInvariant() {
        Long seed = Long.getLong("sim.seed");
        if (seed != null) {
            Variant variant = Variant.valueOf(System.getProperty("sim.variant", "SOUND"));
            Simulation.Result result = Simulation.run(seed, variant, true);
            assertThat(result.failure())
                    .as("%s%n%s", result.trace(), result.summary())
                    .isNull();
            return;
        }
        Long seeds = Long.getLong("sim.seeds");
        long first = Long.getLong(
                "sim.first", seeds == null ? ThreadLocalRandom.current().nextLong(1L << 40) : 0);
        long seconds = Long.getLong("sim.seconds", seeds == null ? DEFAULT_SECONDS : Long.MAX_VALUE / 2_000_000_000L);
        run(first, seeds == null ? Long.MAX_VALUE : seeds, Duration.ofSeconds(seconds));
    }

    private static void run(long first, long count, Duration time) {
        long begin = System.nanoTime();
        long done = 0;
        while (done < count && System.nanoTime() - begin < time.toNanos()) {
            long seed = first + done;
            Simulation.Result result = Simulation.run(seed, Variant.SOUND, false);
            if (result.failure() != null) {
                Simulation.Result traced = Simulation.run(seed, Variant.SOUND, true);
                throw new AssertionError("seed " + seed + ": " + result.failure() + "\n" + traced.trace()
                        + "replay: ./sdb test -pl consensus -Dtest=ConsensusSim -Dsim.seed=" + seed);
            }
            done++;
        }
        double each = (System.nanoTime() - begin) / 1e6 / Math.max(1, done);
        System.out.printf("simulator: %d seeds from %d, %.1f ms each%n", done, first, each);
        assertThat(done).as("seeds run").isPositive();
    }
}
