package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.DatabaseAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables are tried beside all replicas, and nothing is left of it. */
class TableTrialsIT extends OnMariaDb {

    private static DatabaseSchema schema(long version, TableDefinition... tables) {
        return new DatabaseSchema(version, Strategy.RANGE, List.of(tables));
    }

    private static StoreFactory.Trial tried(@Nullable DatabaseSchema present, DatabaseSchema asked) throws Exception {
        return factory.tryTables(present, asked.toWire());
    }

    private static TableDefinition wide(int columns) {
        return StoreFixture.table(
                "Wide",
                List.of("k"),
                Stream.concat(
                                Stream.of("k Number"),
                                IntStream.range(0, columns).mapToObj(i -> "c" + i + " VARCHAR(40)?"))
                        .toArray(String[]::new));
    }

    private static List<String> schemas() throws SQLException {
        List<String> schemas = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(
                        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'shardeddb\\_try%'")) {
            while (results.next()) {
                schemas.add(results.getString(1));
            }
        }
        return schemas;
    }

    @AfterEach
    void nothingIsLeft() throws SQLException {
        assertThat(schemas()).isEmpty();
    }

    @Test
    void takesWhatTheDatabaseCanMake() throws Exception {
        StoreFactory.Trial trial = tried(null, schema(1, StoreFixture.STUDENTS, wide(20)));
        assertThat(trial.refusal()).isNull();
        assertThat(trial.engine()).matches("(MariaDB|MySQL) \\d+\\.\\d+\\.\\d+");
        assertThat(tried(schema(1, wide(20)), schema(2, wide(30))).refusal()).isNull();
        assertThat(tried(schema(1, wide(20)), schema(2, wide(20))).refusal()).isNull();
    }

    @Test
    void tellsWhatItCannotMake() throws Exception {
        assertThat(tried(null, schema(1, wide(60))).refusal())
                .contains("table Wide")
                .contains("longer");
        assertThat(tried(schema(1, wide(20)), schema(2, wide(60))).refusal()).contains("table Wide");
        TableDefinition reserved = StoreFixture.table("Odd", List.of("k"), "k Number", "DB_TRX_ID Number?");
        assertThat(tried(null, schema(1, reserved)).refusal()).contains("table Odd");
        assertThat(tried(schema(1, StoreFixture.STUDENTS), schema(2, wide(20))).refusal())
                .contains("StudT cannot be dropped");
    }

    @Test
    void sweepsWhatEarlierTrialsLeft() throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE shardeddb_try_1");
            try (MySqlStoreFactory fresh = StoreFixture.factory(server)) {
                fresh.claim("volume");
                assertThat(schemas()).isEmpty();
            }
            statement.execute("CREATE DATABASE shardeddb_try_2");
        }
        tried(null, schema(1, StoreFixture.STUDENTS));
    }

    @Test
    void aDatabaseThatIsAwayRefusesNothing() {
        try (MySqlStoreFactory nowhere = new MySqlStoreFactory(new DatabaseAddress("127.0.0.1", 1, "root", ""), 2, 2)) {
            assertThatThrownBy(() -> nowhere.tryTables(null, schema(1, wide(60)).toWire()))
                    .isInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void namesTheDatabase() {
        assertThat(TableTrials.engine("11.4.5-MariaDB-log")).isEqualTo("MariaDB 11.4.5");
        assertThat(TableTrials.engine("8.4.6")).isEqualTo("MySQL 8.4.6");
    }
}
