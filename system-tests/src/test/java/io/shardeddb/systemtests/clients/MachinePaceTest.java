package io.shardeddb.systemtests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The bound for pauses. */
final class MachinePaceTest {

    @Test
    void aCalmMachineKeepsThePromiseAndABusyOneGetsNoMoreThanItIsSlower() {
        assertThat(MachinePace.longestPause(0.9)).isEqualTo(MachinePace.PROMISED);
        assertThat(MachinePace.longestPause(1)).isEqualTo(MachinePace.PROMISED);
        assertThat(MachinePace.longestPause(1.5)).isEqualTo(Duration.ofMillis(4_500));
        assertThat(MachinePace.longestPause(40)).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void nothingMeasuredAllowsNothingMore() {
        try (MachinePace pace = new MachinePace()) {
            pace.reset();
            assertThat(pace.longestPause()).isBetween(MachinePace.PROMISED, Duration.ofSeconds(12));
        }
    }
}
