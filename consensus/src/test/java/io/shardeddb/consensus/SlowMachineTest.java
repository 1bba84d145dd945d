package io.shardeddb.consensus;

import static io.shardeddb.consensus.Trio.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Machines on which every message and every force takes longer than an election does: a leader is found all the same,
 * and it lasts.
 */
class SlowMachineTest {
    private static final long SECOND = 1_000 * MILLI;
    private static final int SEEDS = 20;

    @ParameterizedTest
    @CsvSource({"1, 5", "50, 50", "300, 300", "500, 100", "100, 800", "600, 600"})
    void aLeaderIsFoundAndLasts(long messageMillis, long forceMillis) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SlowMachines world = new SlowMachines(seed, messageMillis, forceMillis);
            world.pass(60 * SECOND);
            List<Long> terms = world.terms();
            assertThat(world.replicas.values())
                    .as("seed %d after a minute", seed)
                    .anyMatch(replica -> replica.role() == Role.LEADER);
            world.pass(20 * SECOND);
            assertThat(world.terms())
                    .as("seed %d, twenty seconds later", seed)
                    .isEqualTo(terms)
                    .hasSize(1);
        }
    }
}
