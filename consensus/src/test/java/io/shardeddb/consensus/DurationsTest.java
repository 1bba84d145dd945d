package io.shardeddb.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DurationsTest {

    @Test
    void knowsNothingBeforeTheFirst() {
        assertThat(new Durations().summary()).isEqualTo(new Durations.Summary(0, 0, 0, 0));
    }

    @Test
    void givesQuantilesOfTheLatest() {
        Durations durations = new Durations();
        durations.note(1_000_000);
        for (int i = 1; i <= 128; i++) {
            durations.note(i);
        }
        assertThat(durations.summary().count()).isEqualTo(129);
        assertThat(durations.summary().median()).isEqualTo(64);
        assertThat(durations.summary().high()).isEqualTo(127);
    }

    @Test
    void followsAChangeWithItsAverage() {
        Durations durations = new Durations();
        for (int i = 0; i < 50; i++) {
            durations.note(100);
        }
        assertThat(durations.summary().average()).isEqualTo(100);
        for (int i = 0; i < 20; i++) {
            durations.note(1_100);
        }
        assertThat(durations.summary().average()).isBetween(1_000L, 1_100L);
    }

    @Test
    void takesAClockThatWasSetBackForNothing() {
        Durations durations = new Durations();
        durations.note(-5);
        assertThat(durations.summary()).isEqualTo(new Durations.Summary(1, 0, 0, 0));
    }
}
