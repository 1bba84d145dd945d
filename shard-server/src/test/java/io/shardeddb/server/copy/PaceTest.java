package io.shardeddb.server.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void waitsAsLongAsTheBytesTake() {
        Pace pace = new Pace(1_000);

        assertThat(pace.delayAfter(500, 0)).isEqualTo(SECOND / 2);
        assertThat(pace.delayAfter(500, SECOND / 2)).isEqualTo(SECOND / 2);
    }

    @Test
    void takesTheTimeThatWorkTookIntoAccount() {
        Pace pace = new Pace(1_000);
        pace.delayAfter(1_000, 0);

        assertThat(pace.delayAfter(1_000, SECOND * 3 / 2)).isEqualTo(SECOND / 2);
    }

    @Test
    void keepsUnusedTimeForOneSecondAtMost() {
        Pace pace = new Pace(1_000);
        pace.delayAfter(1, 0);

        assertThat(pace.delayAfter(3_000, 100 * SECOND)).isEqualTo(2 * SECOND);
    }

    @Test
    void neverWaitsWithoutABound() {
        assertThat(new Pace(0).delayAfter(1 << 30, 7)).isZero();
    }
}
