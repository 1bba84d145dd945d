package io.shardeddb.server.group.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeerClocksTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NOON = 1_800_000_000_000L;

    private final PeerClocks clocks = new PeerClocks();

    @Test
    void trustsTheOwnClockWhileNobodyIsHeard() {
        assertThat(clocks.isFarAhead(NOON, 0)).isFalse();
    }

    @Test
    void noticesAStepOfTheOwnClockWithoutAnotherFrame() {
        clocks.heard("a", NOON, 0);
        clocks.heard("b", NOON, 0);
        assertThat(clocks.isFarAhead(NOON + 1000, SECOND)).isFalse();
        assertThat(clocks.isFarAhead(NOON + 1000 + PeerClocks.FAR_MILLIS + 1, SECOND))
                .isTrue();
    }

    @Test
    void isNotAheadWhenOnlyOneOfTwoOthersIsBehind() {
        clocks.heard("a", NOON - 60_000, 0);
        clocks.heard("b", NOON, 0);
        assertThat(clocks.isFarAhead(NOON, 0)).isFalse();
    }

    @Test
    void leavesTheWordToTheOthersWhenBehind() {
        clocks.heard("a", NOON, 0);
        assertThat(clocks.isFarAhead(NOON - 3_600_000, 0)).isFalse();
    }

    @Test
    void aDelayedFrameDoesNotHideAFreshOne() {
        clocks.heard("a", NOON, 0);
        // Came after the process had stood still for 15 s: it looks as if its sender's clock were behind.
        clocks.heard("a", NOON, 15 * SECOND);
        assertThat(clocks.isFarAhead(NOON + 15_000, 15 * SECOND)).isFalse();
    }

    @Test
    void forgetsWhatIsNotHeardAnyMore() {
        clocks.heard("a", NOON - 60_000, 0);
        assertThat(clocks.isFarAhead(NOON + 1000, SECOND)).isTrue();
        assertThat(clocks.isFarAhead(NOON + 11_000, 11 * SECOND)).isFalse();
    }

    @Test
    void followsAClockThatWasSetRight() {
        clocks.heard("a", NOON + 60_000, 0);
        clocks.heard("a", NOON + 11_000, 11 * SECOND);
        clocks.heard("a", NOON + 22_000, 22 * SECOND);
        clocks.heard("a", NOON + 33_000, 33 * SECOND);
        assertThat(clocks.isFarAhead(NOON + 33_000 + PeerClocks.FAR_MILLIS + 1, 33 * SECOND))
                .isTrue();
    }

    @Test
    void isFarBehindWhenMostOfAllServersAgree() {
        clocks.heard("a", NOON, 0);
        assertThat(clocks.isFarBehind(NOON - 3_600_000, 0))
                .as("of two servers neither knows better")
                .isFalse();
        clocks.heard("b", NOON, 0);
        assertThat(clocks.isFarBehind(NOON - PeerClocks.FAR_MILLIS, 0)).isFalse();
        assertThat(clocks.isFarBehind(NOON - PeerClocks.FAR_MILLIS - 1, 0)).isTrue();
        clocks.heard("b", NOON - 3_600_000, 11 * SECOND);
        clocks.heard("c", NOON - 3_600_000, 11 * SECOND);
        assertThat(clocks.isFarBehind(NOON - 3_600_000, 11 * SECOND)).isFalse();
    }
}
