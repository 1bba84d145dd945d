package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A definition that the database cannot carry out is an outcome like any other: the same on every replica, and nothing
 * of it stays.
 */
class RefusedSchemaIT extends OnMariaDb {

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

    /** Keeps all rules of ours; one row of it does not fit a page. */
    private static final TableDefinition TOO_WIDE = StoreFixture.table(
            "TooWide",
            List.of("k"),
            Stream.concat(Stream.of("k Number"), IntStream.range(0, 60).mapToObj(i -> "c" + i + " VARCHAR(40)?"))
                    .toArray(String[]::new));

    private static final DatabaseSchema NEXT = new DatabaseSchema(2, Strategy.RANGE, List.of(WIDER, SECOND));
    private static final DatabaseSchema REFUSED =
            new DatabaseSchema(2, Strategy.RANGE, List.of(WIDER, SECOND, TOO_WIDE));

    private String group;
    private String member;
    private SqlText sql;
    private ReplicaStore store;
    private Entries log;

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        member = StoreFixture.uid();
        sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        store = factory.open(group, member, 1);
        log = new Entries(StoreFixture.SCHEMA);
        store.apply(log.beginning());
        store.apply(List.of(log.write(log.request(log.insert("StudT", number(1), text("a"), number(2))))));
    }

    private CommittedEntry write(long id) {
        return log.write(log.request(log.insert("StudT", number(id), text("b"), number(2))));
    }

    private CommittedEntry verdict(CommittedEntry on) {
        return log.command(LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(on.index())
                        .setRequest(0)
                        .setCode(ErrorCode.INVALID_SCHEMA.name())
                        .setMessage("a row of table TooWide is too long")));
    }

    /** Every column that is there, as "table.column". */
    private List<String> columns() throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery(
                        "SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 's_"
                                + group + "' AND TABLE_NAME NOT LIKE '\\_shardeddb%' ORDER BY 1")) {
            while (results.next()) {
                columns.add(results.getString(1));
            }
        }
        return columns;
    }

    private void assertOldTables() throws Exception {
        assertThat(columns())
                .containsExactlyInAnyOrder(
                        "StudT.Stud_id", "StudT.Stud_name", "StudT.Stud_marks", "StudT._shardeddb_ts");
        assertThat(Objects.requireNonNull(store.applied().schema()).getVersion())
                .isEqualTo(1);
    }

    @Test
    void aDefinitionThatTheDatabaseRefusesIsALoggedOutcome() throws Exception {
        CommittedEntry definition = log.define(REFUSED);

        UnresolvedRequestException unresolved =
                catchThrowableOfType(UnresolvedRequestException.class, () -> store.apply(List.of(definition)));

        assertThat(unresolved.entry()).isEqualTo(definition.index());
        assertThat(unresolved.request()).isZero();
        assertThat(unresolved.code()).isEqualTo(ErrorCode.INVALID_SCHEMA.name());
        assertThat(unresolved.reason()).contains("TooWide").doesNotContain("8126");
        assertThat(store.applied().index()).isEqualTo(definition.index() - 1);
        assertOldTables();

        List<CommittedEntry> rest = List.of(definition, write(2), verdict(definition), write(3));
        List<EntryOutcome> outcomes = store.apply(rest);

        assertThat(Objects.requireNonNull(outcomes.getFirst().error()).getCode())
                .isEqualTo(ErrorCode.INVALID_SCHEMA.name());
        assertThat(Objects.requireNonNull(outcomes.getFirst().error()).getMessage())
                .isEqualTo("a row of table TooWide is too long");
        assertThat(outcomes.get(1).replies())
                .allSatisfy(reply -> assertThat(reply.hasError()).isFalse());
        assertOldTables();

        // Another copy, which sees all of it at once and never tries, and this one after a restart.
        Entries again = new Entries(StoreFixture.SCHEMA);
        ReplicaStore other = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        other.apply(again.beginning());
        other.apply(List.of(again.write(again.request(again.insert("StudT", number(1), text("a"), number(2))))));
        other.apply(rest);
        assertThat(other.applied().stateHash()).isEqualTo(store.applied().stateHash());
        assertThat(factory.open(group, member, 2).applied()).isEqualTo(other.applied());
    }

    @Test
    void nothingStaysOfARefusedDefinitionWhenTheProcessEndsBeforeTheVerdict() throws Exception {
        CommittedEntry definition = log.define(REFUSED);
        // As it stands when the process dies in front of the statement that fails, or before it could take back the
        // others.
        server.execute(
                new TableSql(sql, WIDER).addColumn(WIDER.column(3)),
                new TableSql(sql, WIDER).addColumn(WIDER.column(4)),
                new TableSql(sql, SECOND).createTable());
        store = factory.open(group, member, 2);

        List<EntryOutcome> outcomes = store.apply(List.of(definition, verdict(definition)));

        assertThat(outcomes.getFirst().error()).isNotNull();
        assertOldTables();
    }

    @Test
    void leftoversOfAnotherShapeAreMadeAnew() throws Exception {
        server.execute(
                "ALTER TABLE " + sql.table("StudT") + " ADD COLUMN `note` BIGINT NULL",
                "CREATE TABLE " + sql.table("Second") + " (`k` BIGINT UNSIGNED NOT NULL, `w` INT, PRIMARY KEY (`k`))"
                        + SqlText.tableOptions());

        assertThat(store.apply(List.of(log.define(NEXT))).getFirst().error()).isNull();

        Entries later = new Entries(NEXT).at(log.index(), log.millis());
        List<EntryOutcome> outcomes = store.apply(List.of(later.write(
                later.request(later.insert("StudT", number(3), text("c"), number(2), text("n"), Value.NULL)),
                later.request(later.insert("Second", new Value.Unsigned64(-1L), Value.NULL)))));
        assertThat(outcomes.getFirst().replies())
                .allSatisfy(reply -> assertThat(reply.getError().getMessage()).isEmpty());
        assertThat(columns()).doesNotContain("Second.w");
    }

    @Test
    void leftoversOfTheSameShapeAreKept() throws Exception {
        try (Connection connection = server.connect()) {
            SchemaInstaller installer = new SchemaInstaller(connection, SqlText.SCHEMA_PREFIX + group, sql);
            StoredSchema present = new StoredSchema(sql, StoreFixture.SCHEMA);
            StoredSchema next = new StoredSchema(sql, NEXT);
            assertThat(installer.missing(present, next)).hasSize(3);
            server.execute(
                    new TableSql(sql, WIDER).addColumn(WIDER.column(4)), new TableSql(sql, SECOND).createTable());
            assertThat(installer.missing(present, next)).hasSize(1);
        }
    }

    @Test
    void aTableThatHoldsRowsIsNeverDropped() throws Exception {
        server.execute(
                "CREATE TABLE " + sql.table("Second") + " (`k` BIGINT UNSIGNED NOT NULL, `w` INT, PRIMARY KEY (`k`))"
                        + SqlText.tableOptions(),
                "INSERT INTO " + sql.table("Second") + " VALUES (1, 2)");
        CommittedEntry definition = log.define(NEXT);

        assertThatThrownBy(() -> store.apply(List.of(definition)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("Second")
                .hasMessageContaining("rows");

        assertThat(columns()).contains("Second.w");
        server.execute("DROP TABLE " + sql.table("Second"));
        assertThat(store.apply(List.of(definition)).getFirst().error()).isNull();
    }

    @Test
    void aLockThatIsNotGivenIsNoRefusal() throws Exception {
        CommittedEntry definition = log.define(NEXT);
        try (Connection stranger = server.connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM " + sql.table("StudT")).close();

            assertThatThrownBy(() -> store.apply(List.of(definition))).isInstanceOf(StoreUnavailableException.class);

            stranger.rollback();
        }
        assertThat(store.applied().index()).isEqualTo(definition.index() - 1);
        assertThat(store.apply(List.of(definition)).getFirst().error()).isNull();
    }

    @Test
    void oneProcessAtATimeChangesTables() throws Exception {
        CommittedEntry definition = log.define(NEXT);
        try (Connection other = server.connect();
                Statement statement = other.createStatement()) {
            statement
                    .executeQuery("SELECT GET_LOCK('shardeddb_s_" + group + "', 0)")
                    .close();

            assertThatThrownBy(() -> store.apply(List.of(definition)))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("another process");
        }
        assertOldTables();
        assertThat(store.apply(List.of(definition)).getFirst().error()).isNull();
    }

    @Test
    void aDatabaseThatDiesInTheMiddleRefusesNothing() throws Exception {
        CommittedEntry definition = log.define(REFUSED);
        try (Connection stranger = server.connect();
                Statement statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.executeQuery("SELECT * FROM " + sql.table("StudT")).close();
            CompletableFuture<Throwable> applying =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> store.apply(List.of(definition))));
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> isRunning("ALTER TABLE"));
            server.kill();
            assertThat(applying.get(30, TimeUnit.SECONDS)).isInstanceOf(StoreUnavailableException.class);
            stranger.abort(Runnable::run);
        }
        server.restart();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        catchThrowable(() -> store.apply(List.of(definition))) instanceof UnresolvedRequestException);
        store.apply(List.of(definition, verdict(definition)));
        assertOldTables();
    }

    private static boolean isRunning(String beginning) throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet processes = statement.executeQuery("SHOW FULL PROCESSLIST")) {
            while (processes.next()) {
                String info = processes.getString("Info");
                if (info != null && info.startsWith(beginning)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Where it stands in the log a thousand times, a thousand attempts would keep all that follows waiting. */
    @Test
    void theSameDefinitionIsNotTriedAnewForEachEntry() throws Exception {
        CommittedEntry first = log.define(REFUSED);
        assertThatThrownBy(() -> store.apply(List.of(first))).isInstanceOf(UnresolvedRequestException.class);
        store.apply(List.of(first, verdict(first)));
        // An attempt would fail on this.
        server.execute(
                new TableSql(sql, SECOND).createTable(), "INSERT INTO " + sql.table("Second") + " VALUES (1, NULL, 1)");

        assertThatThrownBy(() -> store.apply(List.of(log.define(REFUSED))))
                .isInstanceOf(UnresolvedRequestException.class);
    }

    @Test
    void everyTypeIsKnownAgainAsItIsTold() throws Exception {
        TableDefinition all = StoreFixture.table(
                "AllTypes",
                List.of("k"),
                "k Number",
                "a TINYINT?",
                "b TINYINT UNSIGNED?",
                "c SMALLINT?",
                "d MEDIUMINT UNSIGNED?",
                "e INT?",
                "f BIGINT UNSIGNED?",
                "g BOOLEAN?",
                "h DECIMAL(10,2)?",
                "i FLOAT?",
                "j DOUBLE?",
                "l String?",
                "m CHAR(3)?",
                "n VARCHAR(40)",
                "o TINYTEXT?",
                "p TEXT?",
                "q LONGTEXT?",
                "r BINARY(4)?",
                "s VARBINARY(4)?",
                "t BLOB?",
                "u DATE?",
                "v TIME?",
                "w TIME(3)?",
                "x DATETIME(6)?",
                "y TIMESTAMP?",
                "z TIMESTAMP(2)",
                "aa JSON?",
                "ab DECIMAL(5,0)?",
                "ac MEDIUMBLOB");
        StoredSchema next =
                new StoredSchema(sql, new DatabaseSchema(2, Strategy.RANGE, List.of(StoreFixture.STUDENTS, all)));
        server.execute(new TableSql(sql, all).createTable());
        try (Connection connection = server.connect()) {
            assertThat(new SchemaInstaller(connection, SqlText.SCHEMA_PREFIX + group, sql)
                            .missing(new StoredSchema(sql, StoreFixture.SCHEMA), next))
                    .isEmpty();
        }
    }
}
