package io.shardeddb.server.group.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HybridClockTest {
    private static final long NOON = 1_800_000_000_000L;
    private static final long HOUR = 3_600_000;

    private final PeerClocks others = new PeerClocks();
    private long wall = NOON;
    private long nanos = Long.MAX_VALUE - 1_000;
    private boolean service;
    private final HybridClock clock =
            new HybridClock(() -> Instant.ofEpochMilli(wall), () -> nanos, others, () -> service);

    private void pass(long millis) {
        wall += millis;
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static long millis(long timestamp) {
        return timestamp >>> 16;
    }

    @Test
    void followsTheWallClock() {
        assertThat(millis(clock.next())).isEqualTo(NOON);
        pass(10);
        assertThat(millis(clock.next())).isEqualTo(NOON + 10);
        assertThat(clock.next()).isEqualTo(clock.last());
    }

    /** While it stands still no id is later than those that were forgotten, and no write runs. */
    @Test
    void goesOnAtHalfSpeedAfterTheWallClockStepsBack() {
        clock.next();
        wall -= HOUR;
        long before = clock.next();
        pass(10_000);
        assertThat(clock.next()).isGreaterThan(before);
        assertThat(millis(clock.last())).isEqualTo(NOON + 5_000);
        pass(2 * HOUR);
        assertThat(millis(clock.next())).as("the wall clock has caught up").isEqualTo(NOON + HOUR + 10_000);
        pass(1_000);
        assertThat(millis(clock.next())).isEqualTo(NOON + HOUR + 11_000);
    }

    @Test
    void aNewLeaderGoesOnFromTheLog() {
        clock.startAbove((NOON + HOUR) << 16);
        assertThat(clock.millis()).isEqualTo(NOON + HOUR);
        pass(10_000);
        assertThat(millis(clock.next())).isEqualTo(NOON + HOUR + 5_000);
    }

    @Test
    void believesNoWallClockThatIsFarAheadOfTheOthers() {
        clock.next();
        others.heard("a", NOON, nanos);
        wall += HOUR;
        pass(2_000);
        assertThat(clock.isTrusted()).isFalse();
        assertThat(clock.millis()).isEqualTo(NOON + 1_000);
    }

    @Test
    void tellsANewTimeSeldom() {
        long told = clock.told();
        assertThat(told).isEqualTo(NOON);
        pass(HybridClock.TOLD_MILLIS - 1);
        assertThat(clock.told()).isEqualTo(told);
        pass(1);
        assertThat(clock.told()).isEqualTo(NOON + HybridClock.TOLD_MILLIS);
    }

    @Test
    void theServicesTimestampsGoOnToo() {
        clock.take(NOON << 16, NOON << 16);
        pass(10_000);
        assertThat(millis(clock.floor())).isEqualTo(NOON + 5_000);
        assertThat(clock.take(NOON << 16, NOON << 16)).isFalse();
        assertThat(clock.take((NOON + 6_000) << 16, (NOON + 6_000) << 16)).isTrue();
        assertThat(millis(clock.floor())).isEqualTo(NOON + 6_000);
    }

    /** Most servers' clocks are ahead of those of the service: this one's, too, and nobody finds that it is. */
    @Test
    void tellsTheServicesTimeWhileThatStamps() {
        service = true;
        wall += HOUR;
        assertThat(clock.millis()).as("nothing else is known").isEqualTo(NOON + HOUR);
        assertThat(clock.take(NOON << 16, NOON << 16)).isTrue();
        assertThat(clock.millis()).isEqualTo(NOON);
        assertThat(clock.told()).isEqualTo(NOON);
        pass(2 * HOUR);
        assertThat(clock.millis())
                .as("at full speed, for the service's time goes on too")
                .isEqualTo(NOON + 2 * HOUR);
        service = false;
        assertThat(clock.millis()).isEqualTo(NOON + 3 * HOUR);
    }
}
