package io.shardeddb.consensus.timestamp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real-time order of timestamps under many seeds. {@code -Dtimestamps.seed=} replays one with its trace ({@code
 * -Dtimestamps.variant=} of a wrong variant); {@code -Dtimestamps.seeds=} runs so many.
 */
class TimestampSim {
    private static final int DEFAULT_SEEDS = 2000;

    @Test
    void keepsTheOrderOfSessions() {
        Long seed = Long.getLong("timestamps.seed");
        if (seed != null) {
            TimestampWorld world = new TimestampWorld(
                    seed, WrongTimestamps.valueOf(System.getProperty("timestamps.variant", "SOUND")), true);
            String failure = world.run();
            assertThat(failure).as("%s", world.trace()).isNull();
            return;
        }
        long begin = System.nanoTime();
        int seeds = Integer.getInteger("timestamps.seeds", DEFAULT_SEEDS);
        long concluded = 0;
        for (int each = 0; each < seeds; each++) {
            TimestampWorld world = new TimestampWorld(each, WrongTimestamps.SOUND, false);
            assertThat(world.run())
                    .as("replay: ./sdb test -pl consensus -Dtest=TimestampSim -Dtimestamps.seed=%d", each)
                    .isNull();
            concluded += world.concluded();
        }
        System.out.printf(
                "timestamps: %d seeds, %d sessions' callers, %.1f ms each%n",
                seeds, concluded, (System.nanoTime() - begin) / 1e6 / seeds);
        assertThat(concluded).isGreaterThan(50L * seeds);
    }

    @ParameterizedTest
    @EnumSource(value = WrongTimestamps.class, mode = EnumSource.Mode.EXCLUDE, names = "SOUND")
    void noticesEveryWrongVariant(WrongTimestamps variant) {
        int seed = 0;
        while (seed < DEFAULT_SEEDS && new TimestampWorld(seed, variant, false).run() == null) {
            seed++;
        }
        System.out.printf("timestamps: %s is noticed under seed %d%n", variant, seed);
        assertThat(seed).as("the first seed that notices %s", variant).isLessThan(DEFAULT_SEEDS);
    }

    @Test
    void repeatsARunExactly() {
        TimestampWorld once = new TimestampWorld(7, WrongTimestamps.SOUND, true);
        TimestampWorld again = new TimestampWorld(7, WrongTimestamps.SOUND, true);
        assertThat(once.run()).isNull();
        assertThat(again.run()).isNull();
        assertThat(once.trace()).isNotEmpty().isEqualTo(again.trace());
    }
}
