package io.shardeddb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SuccessionTest {

    @Test
    void takesNoneOfAFewNotForNever() {
        assertThat(Succession.share(0, 8)).isCloseTo(0.1, within(1e-9));
        assertThat(Succession.share(8, 8)).isCloseTo(0.9, within(1e-9));
        assertThat(Succession.share(2, 8)).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void saysLessOfFewTrialsThanOfMany() {
        assertThat(Succession.share(0, 0)).isEqualTo(0.5);
        assertThat(Succession.share(0, 1_000)).isLessThan(Succession.share(0, 10));
        assertThat(Succession.share(Integer.MAX_VALUE, Integer.MAX_VALUE)).isLessThan(1);
    }

    @Test
    void makesAFiniteGainOfWhatNeverHappened() {
        List<Double> without = List.of(Succession.share(2, 8), Succession.share(2, 8), Succession.share(1, 8));
        List<Double> with = List.of(Succession.share(0, 8), Succession.share(0, 8), Succession.share(0, 8));
        Gain gain = Gain.of("wins", "", without, with, true, null);
        assertThat(gain.gain()).isCloseTo(3, within(1e-9));
        assertThat(gain.spread()).isCloseTo(1.5, within(1e-9));
        assertThat(gain.met()).isTrue();
    }

    @Test
    void refusesCountsThatCannotBe() {
        assertThatThrownBy(() -> Succession.share(-1, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Succession.share(9, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9 successes of 8 trials");
        assertThatThrownBy(() -> Succession.share(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
