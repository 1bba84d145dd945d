package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatabaseSettingsTest {
    private static final long PACKET = 64L << 20;

    @Test
    void theUsualOnesAreFine() {
        assertThat(MySqlStoreFactory.problems("InnoDB", 0, "ON", 0, PACKET, 1, 16384))
                .isEmpty();
    }

    /** It decides which tables can be made, and it cannot be set for a session. */
    @Test
    void anotherPageSizeIsRefused() {
        for (int size : new int[] {4096, 8192, 32768, 65536}) {
            assertThat(MySqlStoreFactory.problems("InnoDB", 0, "ON", 0, PACKET, 1, size))
                    .singleElement()
                    .asString()
                    .contains("innodb_page_size is " + size, "must be 16384");
        }
    }
}
