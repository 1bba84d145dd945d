package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.GroupConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A step that keeps failing is tried more and more seldom, and told; it is never given up. */
final class SetbacksTest {

    private static final ShardStep OPEN = new ShardStep.Open("a");
    private static final ShardStep CHANGE =
            new ShardStep.ChangeMembership("a", 12, GroupConfiguration.getDefaultInstance(), "why");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Setbacks setbacks = Setbacks.NONE;

    private ShardView.FailedStep seen(ShardStep step) {
        return Objects.requireNonNull(setbacks.at(now).get(step));
    }

    private void fail(ShardStep step) {
        setbacks = setbacks.failed(step, "no", now);
    }

    private Duration pause(ShardStep step) {
        fail(step);
        Instant failed = now;
        while (!seen(step).again()) {
            now = now.plusMillis(100);
        }
        return Duration.between(failed, now);
    }

    @Test
    void waitsTwiceAsLongEachTimeUpToTenSeconds() {
        assertThat(new Duration[] {pause(OPEN), pause(OPEN), pause(OPEN)})
                .containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));
        for (int i = 0; i < 100; i++) {
            assertThat(pause(OPEN)).isLessThanOrEqualTo(Setbacks.LONGEST);
        }
        assertThat(pause(OPEN)).isEqualTo(Setbacks.LONGEST);
    }

    @Test
    void repeatsAMembershipChangeWhileItsLeaderTakesItForTheSame() {
        for (int i = 0; i < 100; i++) {
            assertThat(pause(CHANGE)).isLessThanOrEqualTo(Setbacks.LONGEST_FOR_MEMBERSHIP);
        }
    }

    @Test
    void tellsOnlyWhatKeepsFailing() {
        fail(OPEN);
        assertThat(seen(OPEN).told()).isFalse();
        now = now.plus(Setbacks.TOLD);
        assertThat(seen(OPEN).told()).as("it failed once").isFalse();
        fail(OPEN);
        assertThat(seen(OPEN).told()).isTrue();
        assertThat(seen(OPEN).words()).isEqualTo("no");
    }

    @Test
    void forgetsWhatWasDoneAndWhatIsNotTriedAnyMore() {
        fail(OPEN);
        fail(CHANGE);
        setbacks = setbacks.done(OPEN);
        assertThat(setbacks.at(now)).containsOnlyKeys(CHANGE);
        now = now.plus(Setbacks.FORGOTTEN).plusMillis(1);
        assertThat(setbacks.recent(now).failures()).isEmpty();
    }
}
