package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTrialsTest {

    @Test
    void namesTheDatabase() {
        assertThat(TableTrials.engine("11.4.5-MariaDB-log")).isEqualTo("MariaDB 11.4.5");
        assertThat(TableTrials.engine("8.4.6")).isEqualTo("MySQL 8.4.6");
    }
}
