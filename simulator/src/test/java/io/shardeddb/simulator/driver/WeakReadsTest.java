package io.shardeddb.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.simulator.Setup;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What docs/consistency.md allows the weaker levels does happen: the real servers show it under some seed. What it
 * excludes is shown under none. The seeds decide everything, so each run is the same.
 */
class WeakReadsTest {

    private static final int SEEDS = 40;

    private static Set<WeakReader.Anomaly> shown(WeakReader.Level level, long seed) {
        World world = new World(Setup.of(seed), Wrong.NOTHING, true);
        WeakReader reader = new WeakReader(world, level);
        reader.begin();
        world.run();
        return reader.shown();
    }

    @ParameterizedTest
    @CsvSource({
        "EVENTUAL, STALE",
        "EVENTUAL, NOT_MONOTONIC",
        "EVENTUAL, FRACTURED",
        "EVENTUAL, LONG_FORK",
        "BOUNDED, STALE",
        "BOUNDED, FRACTURED",
        "BOUNDED, LONG_FORK",
        "SESSION, STALE",
        "SESSION, FRACTURED",
        "SESSION, LONG_FORK"
    })
    void showsWhatIsAllowed(WeakReader.Level level, WeakReader.Anomaly anomaly) {
        for (long seed = 0; seed < SEEDS; seed++) {
            if (shown(level, seed).contains(anomaly)) {
                System.out.printf("%s: %s under seed %d%n", level, anomaly, seed);
                return;
            }
        }
        throw new AssertionError("no seed below " + SEEDS + " shows " + anomaly + " at the level " + level);
    }

    /** A token excludes that what was seen is gone. */
    @Test
    void neverGoesBackWithAToken() {
        Set<WeakReader.Anomaly> shown = EnumSet.noneOf(WeakReader.Anomaly.class);
        for (long seed = 0; seed < SEEDS / 2; seed++) {
            shown.addAll(shown(WeakReader.Level.SESSION, seed));
        }
        assertThat(shown).doesNotContain(WeakReader.Anomaly.NOT_MONOTONIC);
    }
}
