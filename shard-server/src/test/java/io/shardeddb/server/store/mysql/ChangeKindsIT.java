package io.shardeddb.server.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableChange;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.schema.Going;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What needs no permission costs no time that grows with the rows, and what needs it does: docs/tables.md says so, and
 * the engine is asked.
 */
class ChangeKindsIT extends OnMariaDb {

    private static TableDefinition table(String column, boolean indexed) {
        TableDefinition table = StoreFixture.table("t", List.of("k"), "k Number", "v " + column);
        return indexed ? indexed(table) : table;
    }

    private static TableDefinition indexed(TableDefinition table) {
        return new TableDefinition(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.shardKey(),
                List.of(new IndexDefinition("i", List.of("v"))));
    }

    private static DatabaseSchema schema(TableDefinition table) {
        return new DatabaseSchema(1, Strategy.RANGE, List.of(table));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VARCHAR(20)    | VARCHAR(63)     | false",
                "VARCHAR(64)    | VARCHAR(700)    | false",
                "String         | VARCHAR(300)    | false",
                "VARBINARY(20)  | VARBINARY(255)  | false",
                "VARBINARY(256) | VARBINARY(3000) | false",
                "VARCHAR(63)    | VARCHAR(64)     | true",
                "VARBINARY(255) | VARBINARY(256)  | true",
                "TINYINT        | SMALLINT        | true",
                "INT            | BIGINT          | true",
                "INT UNSIGNED   | BIGINT UNSIGNED | true",
                "INT            | INT?            | true",
                "VARCHAR(20)    | VARCHAR(20)?    | true",
                "TEXT           | TEXT?           | true",
                "JSON           | JSON?           | true"
            })
    void changedColumns(String from, String to, boolean rebuild) {
        boolean index = !from.equals("TEXT") && !from.equals("JSON");
        check(table(from, false), table(to, false), rebuild);
        if (index && (rebuild || !from.startsWith("VARBINARY"))) {
            check(table(from, true), table(to, true), rebuild);
        }
        if (index && !rebuild && from.startsWith("VARBINARY")) {
            // The rows stay as they are, and the index is made anew.
            assertThat(permission(table(from, true), table(to, true))).isEqualTo("rebuild t");
            assertThat(algorithms(table(from, true), table(to, true))).doesNotContain("INSTANT");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT?", "TEXT?", "JSON?", "VARCHAR(300)?", "DECIMAL(9,2)?"})
    void newAndDroppedColumns(String type) {
        TableDefinition without = StoreFixture.table("t", List.of("k"), "k Number");
        check(without, table(type, false), false);
        assertThat(algorithms(table(type, false), without)).contains("INSTANT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT?", "VARCHAR(30)"})
    void indexes(String type) {
        TableDefinition plain = table(type, false);
        assertThat(permission(plain, table(type, true))).isEqualTo("rebuild t");
        // The rows are read and not written.
        assertThat(algorithms(plain, table(type, true))).contains("INPLACE").doesNotContain("INSTANT");
        assertThat(permission(table(type, true), plain)).isNull();
        assertThat(algorithms(table(type, true), plain)).contains("INPLACE");
    }

    private static void check(TableDefinition from, TableDefinition to, boolean rebuild) {
        assertThat(permission(from, to)).isEqualTo(rebuild ? "rebuild t" : null);
        List<String> algorithms = algorithms(from, to);
        if (rebuild) {
            assertThat(algorithms).doesNotContain("INSTANT", "NOCOPY");
        } else {
            // MySQL calls a longer VARCHAR in place: it changes the table's description alone.
            assertThat(algorithms).contains(server.isMySql() ? "INPLACE" : "INSTANT");
        }
    }

    private static @Nullable String permission(TableDefinition from, TableDefinition to) {
        return TableChange.between(schema(from), schema(to)).stream()
                .toList()
                .getFirst()
                .permission();
    }

    /** Which ways the engine offers for the statement that the change comes to. */
    private static List<String> algorithms(TableDefinition from, TableDefinition to) {
        List<String> names = server.isMySql()
                ? List.of("INSTANT", "INPLACE", "COPY")
                : List.of("INSTANT", "NOCOPY", "INPLACE", "COPY");
        return names.stream().filter(algorithm -> takes(from, to, algorithm)).toList();
    }

    private static boolean takes(TableDefinition from, TableDefinition to, String algorithm) {
        SqlText sql = new SqlText("kinds");
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(SqlText.dropSchema("kinds"));
            statement.execute(sql.createSchema());
            statement.execute(new TableSql(sql, from).createTable());
            // What stays is not named: it would be made anew.
            Set<String> drops = to.column("v") == null ? Set.of("t.v") : Set.of();
            Going going = new Going(drops, Set.of());
            List<SchemaInstaller.Step> steps = new SchemaInstaller(connection, "kinds", sql)
                    .missing(new StoredSchema(sql, schema(from)), new StoredSchema(sql, schema(to)), going);
            assertThat(steps).hasSize(1);
            statement.execute(steps.getFirst().statement() + ", ALGORITHM=" + algorithm);
            return true;
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).as(e.getMessage()).isIn(1845, 1846);
            return false;
        }
    }
}
