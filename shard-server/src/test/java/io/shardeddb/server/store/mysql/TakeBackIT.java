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
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A definition that takes a change back drops what holds nothing. An operator whose memory is of an earlier time may
 * take back what was long in force: then the definition is refused, on every replica alike, and no row is lost.
 */
class TakeBackIT extends OnMariaDb {

    private static final TableDefinition T = StoreFixture.table("t", List.of("k"), "k Number", "a INT?");
    private static final TableDefinition T_WITH_N =
            StoreFixture.table("t", List.of("k"), "k Number", "a INT?", "n VARCHAR(9)?");
    private static final TableDefinition V = StoreFixture.table("v", List.of("k"), "k Number", "w INT?");
    private static final DatabaseSchema FIRST = schema(1, T);
    private static final DatabaseSchema ADDED = schema(2, T_WITH_N, V);
    private static final DatabaseSchema TAKEN_BACK = schema(3, T);

    private final List<CommittedEntry> applied = new ArrayList<>();
    private String group = "";
    private String member = "";
    private SqlText sql = new SqlText("s");
    private ReplicaStore store;
    private Entries log;

    private static DatabaseSchema schema(long version, TableDefinition... tables) {
        return new DatabaseSchema(version, Strategy.RANGE, List.of(tables));
    }

    private static SchemaDefinition.Builder takingBack(DatabaseSchema schema, String... names) {
        return schema.toWire().toBuilder().setRules(2).addAllTakesBack(List.of(names));
    }

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        member = StoreFixture.uid();
        sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        store = factory.open(group, member, 1);
        log = new Entries(FIRST);
        apply(log.beginning());
        assertThat(define(ADDED.toWire().toBuilder().setRules(1))).isEmpty();
        log = new Entries(ADDED).at(log.index(), log.millis());
        write("t", number(1), number(2), Value.NULL);
    }

    private List<EntryOutcome> apply(List<CommittedEntry> entries) throws Exception {
        List<EntryOutcome> outcomes = store.apply(entries);
        applied.addAll(entries);
        return outcomes;
    }

    private CommittedEntry entry(SchemaDefinition.Builder definition) {
        return log.command(LoggedCommand.newBuilder().setDefineSchema(definition));
    }

    private static String told(EntryOutcome outcome) {
        var error = outcome.error();
        return error == null ? "" : error.getCode() + ": " + error.getMessage();
    }

    /** The definition is taken; what it is refused for, else. */
    private String define(SchemaDefinition.Builder definition) throws Exception {
        return told(apply(List.of(entry(definition))).getFirst());
    }

    private void write(String table, Value... values) throws Exception {
        assertThat(apply(List.of(log.write(log.request(log.insert(table, values)))))
                        .getFirst()
                        .replies())
                .allSatisfy(reply -> assertThat(reply.getError().getMessage()).isEmpty());
    }

    private List<Row> rows(String table) throws Exception {
        return Entries.rows(store.read(log.range(table, null, null, 0)).getRowsList());
    }

    private List<String> catalogue() throws SQLException {
        return Catalogue.of(server, SqlText.SCHEMA_PREFIX + group);
    }

    private long version() throws Exception {
        return Objects.requireNonNull(store.applied().schema()).getVersion();
    }

    /** Another copy, which applies the whole log at once, and this one after a restart have come to the same. */
    private void assertSameEverywhere() throws Exception {
        ReplicaStore other = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
        other.apply(applied);
        assertThat(other.applied()).isEqualTo(store.applied());
        store = factory.open(group, member, 2);
        assertThat(store.applied()).isEqualTo(other.applied());
    }

    @Test
    void aTableThatHoldsRowsIsNotTakenBack() throws Exception {
        write("v", number(5), number(6));

        assertThat(define(takingBack(TAKEN_BACK, "v", "t.n")))
                .startsWith("INVALID_SCHEMA: ")
                .contains("table v holds rows")
                .contains("Ask for it again");

        assertThat(rows("v")).containsExactly(Row.of(number(5), number(6)));
        assertThat(rows("t")).hasSize(1);
        assertThat(version()).isEqualTo(2);
        assertSameEverywhere();
        // The log goes on, and so do the tables that are there: nothing of them is lost or made again.
        write("v", number(7), Value.NULL);
        assertThat(define(schema(4, T_WITH_N, V).toWire().toBuilder())).isEmpty();
        log = new Entries(schema(4, T_WITH_N, V)).at(log.index(), log.millis());
        assertThat(rows("v")).hasSize(2);
        assertSameEverywhere();
    }

    @Test
    void aColumnThatHoldsValuesIsNotTakenBack() throws Exception {
        write("t", number(2), Value.NULL, text("here"));

        assertThat(define(takingBack(TAKEN_BACK, "v", "t.n")))
                .startsWith("INVALID_SCHEMA: ")
                .contains("column n of table t holds values");

        assertThat(rows("t")).contains(Row.of(number(2), Value.NULL, text("here")));
        assertThat(catalogue()).anyMatch(line -> line.startsWith("v"));
        assertThat(version()).isEqualTo(2);
        assertSameEverywhere();
    }

    @Test
    void whatIsMadeAgainInAnotherFormMustHoldNothingEither() throws Exception {
        TableDefinition other = StoreFixture.table("v", List.of("k"), "k Number", "w JSON?");
        TableDefinition otherT = StoreFixture.table("t", List.of("k"), "k Number", "a INT?", "n DATE?");
        write("v", number(5), number(6));
        assertThat(define(takingBack(schema(3, T, other), "v", "t.n"))).contains("table v holds rows");
        write("t", number(2), Value.NULL, text("here"));
        assertThat(define(takingBack(schema(3, otherT, V), "v", "t.n"))).contains("column n of table t holds values");

        // The same form stays as it is, with what it holds.
        assertThat(define(takingBack(schema(3, T_WITH_N, V), "v", "t.n"))).isEmpty();
        log = new Entries(schema(3, T_WITH_N, V)).at(log.index(), log.millis());
        assertThat(rows("v")).hasSize(1);
        assertThat(rows("t")).hasSize(2);
        assertSameEverywhere();
    }

    @Test
    void whatHoldsNothingGoesWhereverACrashHasCutItOff() throws Exception {
        for (String done : List.of("", "v", "t", "v and t")) {
            applied.clear();
            openStore();
            if (done.contains("v")) {
                server.execute("DROP TABLE " + sql.table("v"));
            }
            if (done.contains("t")) {
                server.execute("ALTER TABLE " + sql.table("t") + " DROP COLUMN `n`");
            }
            store = factory.open(group, member, 2);

            assertThat(define(takingBack(TAKEN_BACK, "v", "t.n")))
                    .as("after a crash behind those of %s", done)
                    .isEmpty();

            assertThat(catalogue()).isEqualTo(Catalogue.made(server, factory, TAKEN_BACK));
            log = new Entries(TAKEN_BACK).at(log.index(), log.millis());
            assertThat(rows("t")).containsExactly(Row.of(number(1), number(2)));
            ReplicaStore other = factory.open(StoreFixture.uid(), StoreFixture.uid(), 1);
            other.apply(applied);
            assertThat(other.applied()).isEqualTo(store.applied());
        }
    }

    @Test
    void whatHeldRowsOnceAndHoldsNoneGoes() throws Exception {
        write("v", number(5), number(6));
        apply(List.of(log.write(log.request(log.delete("v", Row.of(number(5)))))));

        assertThat(define(takingBack(TAKEN_BACK, "v", "t.n"))).isEmpty();

        assertThat(catalogue()).isEqualTo(Catalogue.made(server, factory, TAKEN_BACK));
        assertSameEverywhere();
    }

    /** A verdict speaks of what the database cannot make; what is refused without the database needs none. */
    @Test
    void aVerdictOnItChangesNothing() throws Exception {
        write("v", number(5), number(6));
        CommittedEntry definition = entry(takingBack(TAKEN_BACK, "v", "t.n"));
        CommittedEntry verdict = log.command(LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(definition.index())
                        .setCode(ErrorCode.INVALID_SCHEMA.name())
                        .setMessage("no")));

        assertThat(told(apply(List.of(definition, verdict)).getFirst())).contains("table v holds rows");
        assertThat(rows("v")).hasSize(1);
        assertSameEverywhere();
    }

    /** Rows that no entry of the log wrote are one copy's own trouble: it stands, and nothing is refused. */
    @Test
    void aLeftoverWithRowsIsNoOutcome() throws Exception {
        server.execute(
                "CREATE TABLE " + sql.table("x") + " (`k` BIGINT NOT NULL PRIMARY KEY)" + SqlText.tableOptions(),
                "INSERT INTO " + sql.table("x") + " VALUES (1)");
        CommittedEntry definition = entry(takingBack(schema(3, T_WITH_N, V), "x"));

        assertThatThrownBy(() -> store.apply(List.of(definition)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("table x holds rows");
        assertThat(catalogue()).anyMatch(line -> line.startsWith("x"));

        server.execute("DELETE FROM " + sql.table("x"));
        assertThat(told(apply(List.of(definition)).getFirst())).isEmpty();
        assertThat(catalogue()).noneMatch(line -> line.startsWith("x"));
    }
}
