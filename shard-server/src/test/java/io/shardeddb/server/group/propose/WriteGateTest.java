package io.shardeddb.server.group.propose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriteGateTest {
    private static final long START = -5;
    private static final long TWENTY_MILLIS = TimeUnit.MILLISECONDS.toNanos(20);

    private final WriteGate gate = new WriteGate();

    private static long at(long millis) {
        return START + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void isOpenUntilAReaderCloses() {
        assertThat(gate.isClosed(at(0))).isFalse();

        assertThat(gate.close(1, at(0), TWENTY_MILLIS)).isTrue();

        assertThat(gate.isClosed(at(0))).isTrue();
        assertThat(gate.isClosed(at(19))).isTrue();
    }

    @Test
    void opensByItselfAfterTwentyMillis() {
        gate.close(1, at(0), TWENTY_MILLIS);

        assertThat(gate.isClosed(at(20))).isFalse();
    }

    @Test
    void isNotClosedForLongerByAnotherReader() {
        gate.close(1, at(0), TWENTY_MILLIS);
        assertThat(gate.close(2, at(15), TWENTY_MILLIS)).isTrue();

        assertThat(gate.isClosed(at(20))).isFalse();
    }

    @Test
    void opensWhenTheLastReaderLeaves() {
        gate.close(1, at(0), TWENTY_MILLIS);
        gate.close(2, at(0), TWENTY_MILLIS);

        gate.leave(1, at(1));
        assertThat(gate.isClosed(at(1))).isTrue();
        gate.leave(3, at(1));
        assertThat(gate.isClosed(at(1))).isTrue();

        gate.leave(2, at(2));
        assertThat(gate.isClosed(at(2))).isFalse();
    }

    @Test
    void staysOpenForAsLongAsItWasClosed() {
        gate.close(1, at(0), TWENTY_MILLIS);
        gate.leave(1, at(8));

        assertThat(gate.close(2, at(15), TWENTY_MILLIS)).isFalse();
        assertThat(gate.isClosed(at(15))).isFalse();
        assertThat(gate.close(2, at(16), TWENTY_MILLIS)).isTrue();
    }

    @Test
    void staysOpenForTwentyMillisAfterItOpenedByItself() {
        gate.close(1, at(0), TWENTY_MILLIS);

        assertThat(gate.close(2, at(39), TWENTY_MILLIS)).isFalse();
        assertThat(gate.close(2, at(40), TWENTY_MILLIS)).isTrue();
    }

    @Test
    void isClosedForAsLongAsAReaderNeeds() {
        gate.close(1, at(0), TWENTY_MILLIS);
        gate.close(2, at(10), TimeUnit.MILLISECONDS.toNanos(80));

        assertThat(gate.isClosed(at(79))).isTrue();
        assertThat(gate.isClosed(at(80))).isFalse();
        assertThat(gate.close(3, at(159), TWENTY_MILLIS)).isFalse();
        assertThat(gate.close(3, at(160), TWENTY_MILLIS)).isTrue();
    }

    @Test
    void noReaderKeepsItClosedForEver() {
        gate.close(1, at(0), TimeUnit.HOURS.toNanos(1));

        assertThat(gate.isClosed(at(1279))).isTrue();
        assertThat(gate.isClosed(at(1280))).isFalse();
    }

    /** Who leaves late has nobody else's gate opened. */
    @Test
    void forgetsWhomItDidNotWaitFor() {
        gate.close(1, at(0), TWENTY_MILLIS);
        gate.close(2, at(40), TWENTY_MILLIS);

        gate.leave(1, at(41));

        assertThat(gate.isClosed(at(41))).isTrue();
    }
}
