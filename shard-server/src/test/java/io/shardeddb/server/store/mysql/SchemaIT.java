package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tables follow the definitions in the log, one idempotent step each, and never lose data. */
class SchemaIT extends OnMariaDb {

    private static final TableDefinition WIDER = StoreFixture.table(
            "StudT",
            List.of("Stud_id"),
            "Stud_id Number",
            "Stud_name String",
            "Stud_marks Number",
            "note VARCHAR(20)?",
            "extra JSON?");
    private static final TableDefinition SECOND =
            StoreFixture.table("Second", List.of("k"), "k BIGINT UNSIGNED", "v BLOB?");
    private static final DatabaseSchema NEXT = new DatabaseSchema(2, Strategy.RANGE, List.of(WIDER, SECOND));

    private String group;
    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(StoreFixture.SCHEMA);
        store.apply(log.beginning());
        store.apply(List.of(log.write(log.request(log.insert("StudT", number(1), text("a"), number(2))))));
    }

    private Entries onNext() {
        return new Entries(NEXT).at(log.index(), log.millis());
    }

    @Test
    void addsTablesAndColumnsInTheMiddleOfABatch() throws Exception {
        CommittedEntry before = log.write(log.request(log.insert("StudT", number(2), text("b"), number(2))));
        CommittedEntry definition = log.define(NEXT);
        Entries later = onNext();
        CommittedEntry after = later.write(
                later.request(later.insert("StudT", number(3), text("c"), number(2), text("n"), text("{\"a\":1}"))),
                later.request(later.insert("Second", new Value.Unsigned64(-1L), Value.NULL)));

        List<EntryOutcome> outcomes = store.apply(List.of(before, definition, after));

        assertThat(outcomes).hasSize(3);
        assertThat(outcomes.get(2).replies())
                .allSatisfy(reply -> assertThat(reply.getError().getMessage()).isEmpty());
        assertThat(Objects.requireNonNull(store.applied().schema()).getVersion())
                .isEqualTo(2);
        assertThat(Entries.rows(store.read(later.range("StudT", null, null, 0)).getRowsList()))
                .containsExactly(
                        Row.of(number(1), text("a"), number(2), Value.NULL, Value.NULL),
                        Row.of(number(2), text("b"), number(2), Value.NULL, Value.NULL),
                        Row.of(number(3), text("c"), number(2), text("n"), text("{\"a\":1}")));
        assertThat(Entries.rows(store.read(later.keys("Second", Row.of(new Value.Unsigned64(-1L))))
                        .getRowsList()))
                .containsExactly(Row.of(new Value.Unsigned64(-1L), Value.NULL));
    }

    @Test
    void repeatsADefinitionThatWasCutOff() throws Exception {
        SqlText sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        // As if the process had died between the statements: one column is there already, the other and the table are
        // not.
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(new TableSql(sql, WIDER).addColumn(WIDER.column(3)));
        }

        EntryOutcome outcome = store.apply(List.of(log.define(NEXT))).getFirst();

        assertThat(outcome.error()).isNull();
        assertThat(store.applied().index()).isEqualTo(log.index());
        Entries later = onNext();
        assertThat(store.apply(List.of(later.write(later.request(
                                later.insert("StudT", number(3), text("c"), number(2), text("n"), Value.NULL)))))
                        .getFirst()
                        .replies()
                        .getFirst()
                        .hasError())
                .isFalse();
    }

    @Test
    void changesNothingForAnOlderOrEqualVersion() throws Exception {
        store.apply(List.of(log.define(NEXT)));

        EntryOutcome outcome =
                store.apply(List.of(log.define(StoreFixture.SCHEMA))).getFirst();

        assertThat(outcome.error()).isNull();
        assertThat(Objects.requireNonNull(store.applied().schema()).getVersion())
                .isEqualTo(2);
        assertThat(store.applied().index()).isEqualTo(log.index());
    }

    @Test
    void refusesToLoseData() throws Exception {
        DatabaseSchema dropsTable = new DatabaseSchema(3, Strategy.RANGE, List.of(SECOND));
        DatabaseSchema dropsColumn = new DatabaseSchema(
                3,
                Strategy.RANGE,
                List.of(StoreFixture.table("StudT", List.of("Stud_id"), "Stud_id Number", "Stud_name String")));
        DatabaseSchema changesType = new DatabaseSchema(
                3,
                Strategy.RANGE,
                List.of(StoreFixture.table(
                        "StudT", List.of("Stud_id"), "Stud_id Number", "Stud_name CHAR(3)", "Stud_marks Number")));

        for (DatabaseSchema schema : List.of(dropsTable, dropsColumn, changesType)) {
            EntryOutcome outcome = store.apply(List.of(log.define(schema))).getFirst();
            assertThat(Objects.requireNonNull(outcome.error()).getCode()).isEqualTo(ErrorCode.INVALID_SCHEMA.name());
        }

        assertThat(Objects.requireNonNull(store.applied().schema()).getVersion())
                .isEqualTo(1);
        assertThat(store.applied().index()).isEqualTo(log.index());
        assertThat(store.checksums().tables().getFirst().getRows()).isEqualTo(1);
    }

    @Test
    void endsCopiesThatAreOpen() throws Exception {
        try (SnapshotSource source = store.openSnapshot()) {
            SnapshotSource.Chunk preface = Objects.requireNonNull(source.next(null, 1 << 20));

            store.apply(List.of(log.define(NEXT)));

            assertThatThrownBy(() -> source.next(preface.end(), 1 << 20))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("change of the tables");
        }
    }

    @Test
    void keepsTextInUtf8BinaryAndEverythingInInnoDb() throws Exception {
        store.apply(List.of(log.define(NEXT)));

        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            assertThat(column(
                            statement,
                            "SELECT DISTINCT COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 's_"
                                    + group + "' AND COLLATION_NAME IS NOT NULL"))
                    .containsExactly("utf8mb4_bin");
            assertThat(column(
                            statement,
                            "SELECT DISTINCT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = 's_" + group
                                    + "'"))
                    .containsExactly("InnoDB");
        }
    }

    private static List<String> column(Statement statement, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet results = statement.executeQuery(sql)) {
            while (results.next()) {
                values.add(results.getString(1));
            }
        }
        return values;
    }
}
