package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.database.MariaDbServer;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.DatabaseAddress;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database is used only while it is this volume's, and only with settings that lose nothing. */
class StoreFactoryIT {

    @TempDir
    Path directory;

    private MariaDbServer server;
    private MySqlStoreFactory factory;

    @BeforeEach
    void start() {
        server = MariaDbServer.start(directory);
        factory = StoreFixture.factory(server);
    }

    @AfterEach
    void stop() {
        factory.close();
        server.close();
    }

    private boolean schemaExists(String name) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '" + name + "'")) {
            results.next();
            return results.getInt(1) == 1;
        }
    }

    /** A version without transactions made no table for them. */
    @Test
    void opensTheTablesOfAnOlderVersion() throws Exception {
        String group = StoreFixture.uid();
        String member = StoreFixture.uid();
        try (ReplicaStore store = factory.open(group, member, 1)) {
            assertThat(store.applied().index()).isZero();
        }
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE `" + SqlText.SCHEMA_PREFIX + group + "`.`_shardeddb_transactions`");
        }
        try (ReplicaStore store = factory.open(group, member, 2)) {
            assertThat(store.applied().index()).isZero();
            assertThat(store.transactions().anyPrepared()).isFalse();
        }
    }

    @Test
    void marksAnEmptyDatabaseAndKnowsItAgain() throws Exception {
        assertThat(factory.claim("volume-1")).isEqualTo(StoreFactory.Claim.FRESH);
        assertThat(factory.claim("volume-1")).isEqualTo(StoreFactory.Claim.OWN);

        server.kill();
        server.restart();

        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> factory.claim("volume-1") == StoreFactory.Claim.OWN);
    }

    @Test
    void shutsAForeignDatabaseDownOnceAndThenTakesItOver() throws Exception {
        factory.claim("volume-1");
        String group = StoreFixture.uid();
        factory.open(group, StoreFixture.uid(), 1);
        assertThat(schemaExists("s_" + group)).isTrue();

        assertThat(factory.claim("volume-2")).isEqualTo(StoreFactory.Claim.SHUTTING_DOWN);
        assertThat(server.awaitExit(Duration.ofSeconds(30))).isTrue();
        assertThatThrownBy(() -> factory.verify()).isInstanceOf(StoreUnavailableException.class);
        server.restart();

        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> factory.claim("volume-2") == StoreFactory.Claim.TAKEN_OVER);
        assertThat(schemaExists("s_" + group)).isFalse();
        assertThat(factory.claim("volume-2")).isEqualTo(StoreFactory.Claim.OWN);
    }

    @Test
    void shutsDownADatabaseWhoseFilesWereRemovedUnderIt() throws Exception {
        factory.claim("volume-1");
        try (Stream<Path> files = Files.walk(server.dataDirectory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }

        assertThat(factory.claim("volume-2")).isEqualTo(StoreFactory.Claim.SHUTTING_DOWN);
        assertThat(server.awaitExit(Duration.ofSeconds(30))).isTrue();
    }

    /** InnoDB knows the tables still, and would refuse to make them again for ever. */
    @Test
    void shutsDownADatabaseThatHasItsDirectoryAndNoFileInItAnyMore() throws Exception {
        factory.claim("volume-1");
        factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        // Nothing that it has read before keeps a table open.
        server.kill();
        server.restart();
        try (Stream<Path> files = Files.walk(server.dataDirectory())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(server.dataDirectory())) {
                    Files.delete(file);
                }
            }
        }

        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> factory.claim("volume-2") == StoreFactory.Claim.SHUTTING_DOWN);
        assertThat(server.awaitExit(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void refusesSettingsThatLoseData() throws Exception {
        factory.verify();
        server.kill();
        Files.createDirectories(directory.resolve("other"));
        try (MariaDbServer logging = MariaDbServer.start(
                        directory.resolve("other"), "--log-bin=binlog", "--server-id=1", "--innodb-doublewrite=OFF");
                MySqlStoreFactory other = StoreFixture.factory(logging)) {
            assertThatThrownBy(other::verify)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("log_bin is on")
                    .hasMessageContaining("innodb_doublewrite is");
            assertThatThrownBy(() -> other.open(StoreFixture.uid(), StoreFixture.uid(), 1))
                    .hasMessageContaining("log_bin");
        }
    }

    @Test
    void setsEverythingThatResultsDependOnByItself() throws Exception {
        server.kill();
        Files.createDirectories(directory.resolve("odd"));
        try (MariaDbServer odd = MariaDbServer.start(
                        directory.resolve("odd"),
                        "--sql-mode=ANSI_QUOTES",
                        "--default-time-zone=+05:00",
                        "--transaction-isolation=SERIALIZABLE",
                        "--innodb-strict-mode=OFF",
                        "--init-connect=SET NAMES latin1");
                DatabaseConnections connections =
                        new DatabaseConnections(new DatabaseAddress("127.0.0.1", odd.port(), "root", ""), 2, 1)) {
            try (Connection write = connections.write();
                    Connection read = connections.read();
                    Connection view = connections.view()) {
                String same = "utf8mb4 utf8mb4_bin +00:00 STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
                        + "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION 1 ";
                assertThat(session(write)).isEqualTo(same + "READ-COMMITTED");
                assertThat(session(read)).isEqualTo(same + "REPEATABLE-READ");
                assertThat(session(view)).isEqualTo(same + "REPEATABLE-READ");
                try (Connection apart = connections.apart(5000)) {
                    assertThat(session(apart)).startsWith(same);
                }
            }
        }
    }

    private static String session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(
                        "SELECT CONCAT_WS(' ', @@character_set_client, @@collation_connection, @@time_zone, @@sql_mode, "
                                + "@@innodb_strict_mode + 0, @@transaction_isolation)")) {
            results.next();
            return results.getString(1);
        }
    }

    @Test
    void theUsualSettingsAreFine() {
        assertThat(MySqlStoreFactory.problems("InnoDB", 0, "ON", 0, 64L << 20, 1, 16384))
                .isEmpty();
    }

    /** The page size decides which tables can be made, and it cannot be set for a session. */
    @Test
    void anotherPageSizeIsRefused() {
        for (int size : new int[] {4096, 8192, 32768, 65536}) {
            assertThat(MySqlStoreFactory.problems("InnoDB", 0, "ON", 0, 64L << 20, 1, size))
                    .singleElement()
                    .asString()
                    .contains("innodb_page_size is " + size, "must be 16384");
        }
    }
}
