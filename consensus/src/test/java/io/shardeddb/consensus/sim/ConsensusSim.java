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
    private static final long DEFAULT_SEEDS = 4000;

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
        Long seconds = Long.getLong("sim.seconds");
        // A build is repeatable: it always runs the same seeds. Whoever names a time gets seeds that nobody has chosen.
        long first = Long.getLong(
                "sim.first", seconds == null ? 0 : ThreadLocalRandom.current().nextLong(1L << 40));
        long count = seeds != null ? seeds : seconds == null ? DEFAULT_SEEDS : Long.MAX_VALUE;
        Duration time = seconds == null ? Duration.ofDays(1) : Duration.ofSeconds(seconds);
        run(first, count, time);
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
