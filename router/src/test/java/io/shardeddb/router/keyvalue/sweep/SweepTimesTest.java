package io.shardeddb.router.keyvalue.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A space is looked through when a key of it expires, and nearly never where none does. */
class SweepTimesTest {

    private final SweepTimes times = new SweepTimes();

    @Test
    void aSpaceWithoutExpiryIsLookedThroughOnceADay() {
        times.know(List.of("s"), 0, 0.5);
        assertThat(times.begin(SweepTimes.FIRST_MILLIS / 2 - 1)).isNull();
        assertThat(times.begin(SweepTimes.FIRST_MILLIS / 2)).isEqualTo("s");
        times.ended("s", null, SweepTimes.FIRST_MILLIS, 0);
        assertThat(times.begin(SweepTimes.LONGEST_MILLIS)).isNull();
        assertThat(times.begin(SweepTimes.LONGEST_MILLIS + SweepTimes.FIRST_MILLIS))
                .isEqualTo("s");
    }

    @Test
    void aKeyThatExpiresBringsTheLookForward() {
        times.know(List.of("s", "other"), 0, 1);
        times.expects("s", 1_000, 0);
        assertThat(times.begin(999)).isNull();
        assertThat(times.begin(1_000)).isEqualTo("s");
        assertThat(times.begin(1_000)).isNull();
        // Given while the space was looked through.
        times.expects("s", 1_500, 0);
        times.ended("s", 90_000L, 2_000, 0);
        assertThat(times.begin(2_000 + SweepTimes.SHORTEST_MILLIS - 1)).isNull();
        assertThat(times.begin(2_000 + SweepTimes.SHORTEST_MILLIS)).isEqualTo("s");
    }

    @Test
    void aSpaceThatIsGoneIsForgotten() {
        times.know(List.of("s"), 0, 0);
        times.know(List.of(), 0, 0);
        assertThat(times.begin(Long.MAX_VALUE / 2)).isNull();
    }
}
