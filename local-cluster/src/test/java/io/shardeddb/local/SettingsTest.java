package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a local cluster does when little is said. */
final class SettingsTest {

    @Test
    void nothingIsFixedByDefault() {
        assertThat(Settings.defaults()).isEqualTo(new Settings(0, null, null, 0));
    }

    @Test
    void aPublishedServiceKeepsItsOwnPortUnlessOneIsGiven() {
        Path tools = Path.of("tools");
        assertThat(new Settings(6443, null, tools)).isEqualTo(new Settings(6443, null, tools, 0));
    }
}
