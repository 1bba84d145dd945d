package io.shardeddb.server.group.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockComparisonTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ClockComparison clocks = new ClockComparison(1_000_000, 500);

    @Test
    void agreesWhenBothCountTheSame() {
        assertThat(clocks.disagree(1_000_010, 500 + 10 * MILLI)).isFalse();
        assertThat(clocks.disagree(1_060_010, 500 + 60_010 * MILLI)).isFalse();
    }

    @Test
    void noticesThatTheMonotonicClockStoodStill() {
        assertThat(clocks.disagree(1_030_000, 500 + 10 * MILLI)).isTrue();
        assertThat(clocks.disagree(1_030_010, 500 + 20 * MILLI)).isFalse();
    }

    @Test
    void noticesThatTheWallClockWasSet() {
        assertThat(clocks.disagree(999_000, 500 + 10 * MILLI)).isTrue();
    }

    @Test
    void bearsWhatAnAdjustedClockGains() {
        assertThat(clocks.disagree(1_010_050, 500 + 10_000 * MILLI)).isFalse();
    }
}
