package io.shardeddb.protocol.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final long WAY = TimeUnit.MILLISECONDS.toNanos(8);

    private final Gathering gathering = new Gathering(10);
    private final long now = -5;

    @Test
    void firstRequestOfAllLeavesAtOnce() {
        gathering.begin(now);

        assertThat(gathering.isOver(1, now)).isTrue();
    }

    @Test
    void requestThatIsAloneNeverWaits() {
        for (int i = 0; i < 100; i++) {
            way(1, WAY);
            gathering.begin(now);
            assertThat(gathering.isOver(1, now)).isTrue();
        }
    }

    @Test
    void firstOfManyWaitsUntilMostOfThemAreThere() {
        many(12, WAY);

        assertThat(gathering.isOver(1, now)).isFalse();
        assertThat(gathering.isOver(8, now)).isFalse();
        assertThat(gathering.isOver(9, now)).isTrue();
    }

    @Test
    void waitsForAPartOfTheWay() {
        many(12, WAY);

        assertThat(gathering.end() - now).isBetween(WAY / 2 - 1000, WAY / 2);
        assertThat(gathering.isOver(1, now + WAY / 2)).isTrue();
    }

    @Test
    void neverWaitsLongerThanAllowed() {
        many(12, TimeUnit.SECONDS.toNanos(5));

        assertThat(gathering.isOver(1, now + TimeUnit.MILLISECONDS.toNanos(10) - 1))
                .isFalse();
        assertThat(gathering.isOver(1, now + TimeUnit.MILLISECONDS.toNanos(10))).isTrue();
    }

    @Test
    void followsWhenFewerComeThanUsual() {
        many(12, WAY);

        many(1, WAY);

        assertThat(gathering.isOver(1, now)).isTrue();
    }

    @Test
    void forgetsWhatWasUsual() {
        many(12, WAY);

        gathering.forget();

        assertThat(gathering.isOver(1, now)).isTrue();
    }

    private void many(int underWay, long nanos) {
        for (int i = 0; i < 100; i++) {
            way(underWay, nanos);
        }
        gathering.begin(now);
    }

    private void way(int underWay, long nanos) {
        gathering.begin(now);
        gathering.left(underWay, now);
        gathering.answered(nanos);
    }
}
