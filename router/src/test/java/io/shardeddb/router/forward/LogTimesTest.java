package io.shardeddb.router.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.router.topology.GroupId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogTimesTest {
    private static final long NOON = 1_800_000_000_000L;
    private static final GroupId GROUP = new GroupId(1, 2);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final InstantSource wall = () -> Instant.ofEpochMilli(NOON + 40_000);
    private final LogTimes times = new LogTimes(wall, nanos::get);

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void takesTheOwnClockWhileNothingWasTold() {
        assertThat(times.isKnown(GROUP)).isFalse();
        assertThat(times.millis(GROUP)).isEqualTo(NOON + 40_000);
        times.learn(GROUP, 3, 0);
        assertThat(times.isKnown(GROUP)).as("an older server tells nothing").isFalse();
    }

    @Test
    void goesOnFromWhatWasToldButNotForLong() {
        times.learn(GROUP, 3, NOON);
        assertThat(times.millis(GROUP)).isEqualTo(NOON);
        pass(1_500);
        assertThat(times.millis(GROUP)).isEqualTo(NOON + 1_500);
        pass(3_600_000);
        assertThat(times.millis(GROUP)).isEqualTo(NOON + LogTimes.LONGEST_MILLIS);
    }

    @Test
    void hearsTheSameTimeOnce() {
        times.learn(GROUP, 3, NOON);
        pass(2_000);
        times.learn(GROUP, 3, NOON);
        assertThat(times.millis(GROUP)).isEqualTo(NOON + 2_000);
    }

    @Test
    void believesTheLatestLeader() {
        times.learn(GROUP, 3, NOON);
        times.learn(GROUP, 3, NOON - 5_000);
        times.learn(GROUP, 2, NOON + 9_000);
        assertThat(times.millis(GROUP)).isEqualTo(NOON);
        times.learn(GROUP, 4, NOON - 5_000);
        assertThat(times.millis(GROUP)).isEqualTo(NOON - 5_000);
    }

    @Test
    void isCorrectedByALeaderThatFoundAnIdWrong() {
        times.learn(GROUP, 3, NOON + 3_600_000);
        times.correct(GROUP, NOON);
        assertThat(times.millis(GROUP)).isEqualTo(NOON);
        times.learn(GROUP, 2, NOON + 3_600_000);
        assertThat(times.millis(GROUP)).as("an older leader").isEqualTo(NOON);
    }
}
