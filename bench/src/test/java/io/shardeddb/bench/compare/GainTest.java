package io.shardeddb.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GainTest {

    @Test
    void isMetOnlyBeyondTheSpread() {
        Gain clear = Gain.of("latency", "ms", List.of(40.0, 44.0, 42.0), List.of(10.0, 12.0, 11.0), true, null);
        assertThat(clear.gain()).isCloseTo(42.0 / 11, within(1e-9));
        assertThat(clear.spread()).isCloseTo(1.2, within(1e-9));
        assertThat(clear.met()).isTrue();
        Gain noise = Gain.of("throughput", "1/s", List.of(90.0, 120.0), List.of(110.0, 115.0), false, null);
        assertThat(noise.met()).isFalse();
    }

    @Test
    void countsLossesAsSuch() {
        assertThat(Gain.of("throughput", "1/s", List.of(100.0), List.of(50.0), false, null)
                        .gain())
                .isEqualTo(0.5);
    }
}
