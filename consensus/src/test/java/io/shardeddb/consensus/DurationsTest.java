package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurationsTest {
    private static final long MICRO = 1000;
    private static final long SECOND = 1_000_000_000L;

    private final Durations durations = new Durations();

    @Test
    void knowsNothingAtFirst() {
        assertThat(durations.summary(0)).isEqualTo(Durations.Summary.NONE);
    }

    @Test
    void givesPercentilesAtMostAQuarterTooHigh() {
        for (int i = 1; i <= 1000; i++) {
            durations.add(i * 10L * MICRO, i);
        }
        Durations.Summary summary = durations.summary(1000);
        assertThat(summary.count()).isEqualTo(1000);
        assertThat(summary.medianNanos()).isBetween(5000 * MICRO, 6300 * MICRO);
        assertThat(summary.highNanos()).isBetween(9900 * MICRO, 12_400 * MICRO);
    }

    @Test
    void followsAChangeAndForgetsWhatIsOld() {
        for (int i = 0; i < 100; i++) {
            durations.add(SECOND, 0);
        }
        for (int i = 0; i < 100; i++) {
            durations.add(100 * MICRO, 25 * SECOND);
        }
        assertThat(durations.summary(25 * SECOND).averageNanos()).isLessThan(200 * MICRO);
        assertThat(durations.summary(25 * SECOND).highNanos()).isLessThan(200 * MICRO);
        assertThat(durations.summary(60 * SECOND).highNanos()).isZero();
    }

    @Test
    void holdsVeryShortAndVeryLongOnes() {
        durations.add(-5, 0);
        assertThat(durations.summary(0).medianNanos()).isEqualTo(MICRO);
        durations.add(3_600 * SECOND, 0);
        assertThat(durations.summary(0).highNanos()).isPositive();
    }

    @Test
    void findsTheAgeOfWhatAMemberLacks() {
        IndexTimes times = new IndexTimes();
        assertThat(times.ageBehind(0, 5)).isZero();
        times.note(10, 100);
        times.note(10, 200);
        times.note(20, 300);
        assertThat(times.ageBehind(9, 400)).isEqualTo(300);
        assertThat(times.ageBehind(10, 400)).isEqualTo(100);
        assertThat(times.ageBehind(20, 400)).isZero();
        for (int i = 0; i < 500; i++) {
            times.note(100 + i, 1000 + i);
        }
        assertThat(times.ageBehind(599, 1500)).isZero();
        assertThat(times.ageBehind(598, 1500)).isEqualTo(1);
        assertThat(times.ageBehind(0, 1500)).isEqualTo(1500 - (1000 + 499 - 127));
    }
}
