package io.shardeddb.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class PaceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Moments of the looks at a database's objects in a minute, the first wherever it falls. */
    private static long looks(int database, long first, Duration least, long objects) {
        long now = first;
        long looks = 0;
        while (now < first + 60_000) {
            now += Pace.until(now, least, objects, database).toMillis();
            looks++;
        }
        return looks;
    }

    @Test
    void fewObjectsAreLookedAtAsOftenAsAsked() {
        assertThat(looks("default/db".hashCode(), 123, SECOND, 4)).isBetween(59L, 61L);
        assertThat(looks("default/db".hashCode(), 123, SECOND.multipliedBy(2), 4))
                .isBetween(29L, 31L);
    }

    @Test
    void manyObjectsAreLookedAtAsOftenTogetherAsFew() {
        int databases = 1000;
        IntToLongFunction inAMinute = database -> 3 * looks(database, database, SECOND, 4L * databases)
                + looks(database, database, SECOND.multipliedBy(2), 4L * databases);
        long all = IntStream.range(0, databases).mapToLong(inAMinute).sum();
        assertThat(all / 60).isBetween(Pace.LOOKS_PER_SECOND / 2L, Pace.LOOKS_PER_SECOND * 5 / 4L);
    }

    @Test
    void shardsOfADatabaseAreLookedAtInTheSameMomentAndThoseOfOthersInAnother() {
        int database = "team/orders".hashCode();
        long[] moments = LongStream.range(0, 700)
                .map(late -> 10_000
                        + late
                        + Pace.until(10_000 + late, SECOND, 1, database).toMillis())
                .map(moment -> moment % 1000)
                .distinct()
                .toArray();
        assertThat(moments).hasSize(1);
        long apart = IntStream.range(0, 100)
                .mapToLong(i -> Pace.until(0, SECOND, 1, ("team/orders-" + i).hashCode())
                                .toMillis()
                        % 1000
                        / 100)
                .distinct()
                .count();
        assertThat(apart)
                .as("tenths of a second in which some database is looked at")
                .isEqualTo(10);
    }
}
