package io.shardeddb.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** The sizes that follow from a log's capacity. */
final class LogSettingsTest {

    @Test
    void sizesGrowWithTheCapacityWithinTheirBounds() {
        assertThat(LogSettings.ofCapacity(1 << 20))
                .isEqualTo(new LogSettings(1 << 20, 64 << 10, 128 << 10, 64 << 10, 50));
        assertThat(LogSettings.ofCapacity(64 << 20))
                .isEqualTo(new LogSettings(64 << 20, 4 << 20, 8 << 20, 4 << 20, 50));
        assertThat(LogSettings.ofCapacity(1L << 30))
                .isEqualTo(new LogSettings(1L << 30, 16 << 20, 128 << 20, 8 << 20, 50));
    }

    @Test
    void aCapacityThatIsTooSmallIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogSettings.ofCapacity(LogSettings.MIN_CAPACITY_BYTES - 1))
                .withMessageContaining("1048575 bytes")
                .withMessageContaining("at least 1048576");
    }
}
