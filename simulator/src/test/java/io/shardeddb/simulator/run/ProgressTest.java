package io.shardeddb.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long now = 100 * SECOND;

    private Terminal terminal(boolean inPlace) {
        PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Terminal(out, out, inPlace, () -> now);
    }

    private void seeds(Progress progress, int seeds, long each) {
        for (int i = 0; i < seeds; i++) {
            now += each;
            progress.done();
        }
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void isALineEveryFiveSecondsWithRateAndTimeLeft() {
        seeds(new Progress(terminal(false), "seeds", 4000, false, Long.MAX_VALUE), 120, SECOND / 10);
        assertThat(shown().lines())
                .containsExactly(
                        "50 of 4,000 seeds, 10 a second, 6:35 left", "100 of 4,000 seeds, 10 a second, 6:30 left");
    }

    @Test
    void saysWhicheverComesFirst() {
        seeds(new Progress(terminal(false), "seeds", 100, false, now + 3600 * SECOND), 5, SECOND);
        seeds(new Progress(terminal(false), "seeds", 100_000, false, now + 7205 * SECOND), 5, SECOND);
        seeds(new Progress(terminal(false), "seeds", Long.MAX_VALUE, false, now + 65 * SECOND), 5, SECOND);
        assertThat(shown().lines())
                .containsExactly(
                        "5 of 100 seeds, 1.0 a second, 1:35 left",
                        "5 of 100,000 seeds, 1.0 a second, 2:00:00 left",
                        "5 seeds, 1.0 a second, 1:00 left");
    }

    @Test
    void isDrawnInPlaceOnATerminal() {
        Progress progress = new Progress(terminal(true), "seeds", 10, false, Long.MAX_VALUE);
        seeds(progress, 2, SECOND);
        progress.violation("seed 3 breaks a rule");
        seeds(progress, 1, SECOND);
        progress.end();
        assertThat(shown())
                .isEqualTo("\r\u001b[K1 of 10 seeds, 1.0 a second, 0:09 left"
                        + "\r\u001b[K2 of 10 seeds, 1.0 a second, 0:08 left"
                        + "\r\u001b[Kseed 3 breaks a rule" + System.lineSeparator()
                        + "\r\u001b[K3 of 10 seeds, 1.0 a second, 0:07 left, violations: 1"
                        + "\r\u001b[K");
    }
}
