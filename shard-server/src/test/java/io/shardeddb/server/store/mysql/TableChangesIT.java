package io.shardeddb.server.store.mysql;

import static io.shardeddb.server.store.mysql.Entries.number;
import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.DamagedStoreException;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.schema.Going;
import io.shardeddb.server.store.schema.SchemaInstaller;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables change as definitions of rules 1 say, whatever a crash has left half done, and lose what is named alone. */
class TableChangesIT extends OnMariaDb {

    private static final TableDefinition T = t("k Number", "a INT", "b VARCHAR(20)?", "c JSON");
    private static final TableDefinition U = StoreFixture.table("u", List.of("k"), "k Number", "w INT?");
    private static final DatabaseSchema FIRST = schema(1, T, U);

    /**
     * Everything that may change at once: a wider number that may be NULL, a longer text, an index, a column, a table.
     */
    private static final DatabaseSchema EVERYTHING = schema(
            2,
            indexed(t("k Number", "a BIGINT?", "b VARCHAR(90)?", "c JSON?", "d VARCHAR(9)?"), "i a", "j b d"),
            U,
            StoreFixture.table("v", List.of("k"), "k Number"));

    private String group;
    private SqlText sql;
    private ReplicaStore store;
    private Entries log;

    private static TableDefinition t(String... columns) {
        return StoreFixture.table("t", List.of("k"), columns);
    }

    private static TableDefinition indexed(TableDefinition table, String... indexes) {
        return new TableDefinition(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.shardKey(),
                Stream.of(indexes)
                        .map(index -> List.of(index.split(" ", -1)))
                        .map(words -> new IndexDefinition(words.getFirst(), words.subList(1, words.size())))
                        .toList());
    }

    private static DatabaseSchema schema(long version, TableDefinition... tables) {
        return new DatabaseSchema(version, Strategy.RANGE, List.of(tables));
    }

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        sql = new SqlText(SqlText.SCHEMA_PREFIX + group);
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(FIRST);
        store.apply(log.beginning());
        store.apply(List.of(log.write(
                log.request(log.insert("t", number(1), number(2), text("three"), text("[4]"))),
                log.request(log.insert("u", number(1), number(2))))));
    }

    private static SchemaDefinition.Builder rules1(DatabaseSchema schema) {
        return schema.toWire().toBuilder().setRules(1);
    }

    private CommittedEntry entry(SchemaDefinition.Builder definition) {
        return log.command(LoggedCommand.newBuilder().setDefineSchema(definition));
    }

    /** The definition is taken; what it is refused for, else. */
    private String define(SchemaDefinition.Builder definition) throws Exception {
        var error = store.apply(List.of(entry(definition))).getFirst().error();
        return error == null ? "" : error.getMessage();
    }

    private Entries on(DatabaseSchema schema) {
        return new Entries(schema).at(log.index(), log.millis());
    }

    private List<Row> rows(DatabaseSchema schema, String table) throws Exception {
        return Entries.rows(store.read(on(schema).range(table, null, null, 0)).getRowsList());
    }

    /** What the catalogue says of the group's own tables. */
    private List<String> catalogue() throws SQLException {
        return Catalogue.of(server, SqlText.SCHEMA_PREFIX + group);
    }

    private List<String> made(DatabaseSchema schema) throws Exception {
        return Catalogue.made(server, factory, schema);
    }

    @Test
    void everythingChangesAndTheRowsStay() throws Exception {
        assertThat(define(rules1(EVERYTHING))).isEmpty();

        assertThat(catalogue()).isEqualTo(made(EVERYTHING)).anyMatch(line -> line.contains("sdb_j(b,d)"));
        assertThat(rows(EVERYTHING, "t"))
                .containsExactly(Row.of(number(1), number(2), text("three"), text("[4]"), Value.NULL));
        Entries later = on(EVERYTHING);
        assertThat(store.apply(List.of(later.write(
                                later.request(later.insert(
                                        "t", number(2), Value.NULL, text("x".repeat(90)), Value.NULL, text("d"))),
                                later.request(later.insert("v", number(1))))))
                        .getFirst()
                        .replies())
                .allSatisfy(reply -> assertThat(reply.getError().getMessage()).isEmpty());
    }

    /**
     * Each statement of a change commits by itself: whichever were carried out before the process died, the repeat
     * finds its way.
     */
    @Test
    void aCrashBetweenAnyTwoStatementsIsRepeated() throws Exception {
        DatabaseSchema next = schema(
                2,
                indexed(t("k Number", "a BIGINT?", "c JSON", "d VARCHAR(9)?"), "i d"),
                StoreFixture.table("v", List.of("k"), "k Number"));
        SchemaDefinition.Builder definition = rules1(next).addDrops("t.b").addDrops("u");
        List<String> expected = made(next);
        int steps = steps(next, definition).size();
        assertThat(steps).isGreaterThanOrEqualTo(6);
        for (int done = 0; done <= steps; done++) {
            openStore();
            for (SchemaInstaller.Step step : steps(next, definition).subList(0, done)) {
                server.execute(step.statement());
            }
            assertThat(define(definition))
                    .as("after %s of %s statements", done, steps)
                    .isEmpty();
            assertThat(catalogue()).as("after %s of %s statements", done, steps).isEqualTo(expected);
            assertThat(rows(next, "t")).containsExactly(Row.of(number(1), number(2), text("[4]"), Value.NULL));
        }
    }

    private List<SchemaInstaller.Step> steps(DatabaseSchema next, SchemaDefinition.Builder definition)
            throws SQLException {
        try (Connection connection = server.connect()) {
            return new SchemaInstaller(connection, SqlText.SCHEMA_PREFIX + group, sql)
                    .missing(new StoredSchema(sql, FIRST), new StoredSchema(sql, next), Going.of(definition.build()));
        }
    }

    @Test
    void dropsComeAfterEverythingElse() throws Exception {
        DatabaseSchema next =
                schema(2, indexed(t("k Number", "a BIGINT", "c JSON", "d INT?"), "i d"), StoreFixture.STUDENTS);
        SchemaDefinition.Builder definition = rules1(next).addDrops("t.b").addDrops("u");
        List<String> statements = steps(next, definition).stream()
                .map(SchemaInstaller.Step::statement)
                .toList();
        int firstDrop = IntStream.range(0, statements.size())
                .filter(i -> statements.get(i).contains("DROP"))
                .findFirst()
                .orElseThrow();
        assertThat(statements.subList(firstDrop, statements.size())).allMatch(text -> text.contains("DROP"));
        assertThat(statements.subList(0, firstDrop)).hasSize(4);
    }

    /**
     * The last table cannot be made: what was made before it goes, and what was widened is narrow again, with its
     * values.
     */
    @Test
    void whatTheDatabaseRefusesIsTakenBack() throws Exception {
        List<String> before = catalogue();
        TableDefinition tooWide = StoreFixture.table(
                "w",
                List.of("k"),
                Stream.concat(Stream.of("k Number"), IntStream.range(0, 60).mapToObj(i -> "c" + i + " VARCHAR(40)?"))
                        .toArray(String[]::new));
        DatabaseSchema next = schema(
                2,
                indexed(t("k Number", "a BIGINT?", "b VARCHAR(90)?", "d INT?"), "i a"),
                StoreFixture.table("v", List.of("k"), "k Number"),
                tooWide);
        SchemaDefinition.Builder definition = rules1(next).addDrops("t.c").addDrops("u");
        CommittedEntry entry = entry(definition);

        assertThatThrownBy(() -> store.apply(List.of(entry))).isInstanceOf(UnresolvedRequestException.class);

        assertThat(catalogue()).isEqualTo(before);
        assertThat(rows(FIRST, "t")).containsExactly(Row.of(number(1), number(2), text("three"), text("[4]")));

        // The process died in front of the statement that fails; then the verdict is there.
        for (SchemaInstaller.Step step : steps(next, definition)) {
            if (!step.table().equals("w") && !step.statement().contains("DROP")) {
                server.execute(step.statement());
            }
        }
        assertThat(catalogue()).isNotEqualTo(before);
        CommittedEntry verdict = log.command(LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(entry.index())
                        .setCode(ErrorCode.INVALID_SCHEMA.name())
                        .setMessage("no")));
        assertThat(Objects.requireNonNull(
                                store.apply(List.of(entry, verdict)).getFirst().error())
                        .getMessage())
                .isEqualTo("no");
        assertThat(catalogue()).isEqualTo(before);
        assertThat(rows(FIRST, "t")).containsExactly(Row.of(number(1), number(2), text("three"), text("[4]")));
    }

    /**
     * Drops commit one by one: where the verdict comes behind the first of them, what it held is gone here, and only
     * another copy has it.
     */
    @Test
    void aHalfDoneDropThatIsRefusedNeedsACopy() throws Exception {
        DatabaseSchema next = schema(2, t("k Number", "a INT", "c JSON"));
        SchemaDefinition.Builder definition = rules1(next).addDrops("t.b").addDrops("u");
        server.execute(steps(next, definition).getFirst().statement());
        CommittedEntry entry = entry(definition);
        CommittedEntry verdict = log.command(LoggedCommand.newBuilder()
                .setVerdict(Verdict.newBuilder()
                        .setEntry(entry.index())
                        .setCode(ErrorCode.INVALID_SCHEMA.name())
                        .setMessage("no")));
        assertThatThrownBy(() -> store.apply(List.of(entry, verdict)))
                .isInstanceOf(DamagedStoreException.class)
                .hasMessageContaining("is missing, but a definition in force has it");
    }

    @Test
    void rowsGoOnlyWithWhatIsNamed() throws Exception {
        DatabaseSchema next = schema(2, t("k Number", "a INT", "c JSON"));
        assertThat(define(rules1(next))).contains("does not name it");
        assertThat(define(rules1(next).addDrops("t.b"))).contains("table u cannot be dropped");
        assertThat(rows(FIRST, "u")).hasSize(1);

        assertThat(define(rules1(next).addDrops("t.b").addDrops("u"))).isEmpty();

        assertThat(catalogue()).isEqualTo(made(next));
        assertThat(rows(next, "t")).containsExactly(Row.of(number(1), number(2), text("[4]")));
        // The name is free, and nothing of what it held comes back.
        DatabaseSchema again = schema(3, t("k Number", "a INT", "c JSON", "b VARCHAR(20)?"), U);
        assertThat(define(rules1(again))).isEmpty();
        assertThat(rows(again, "u")).isEmpty();
        assertThat(rows(again, "t")).containsExactly(Row.of(number(1), number(2), text("[4]"), Value.NULL));
    }

    /** A change is left: one shard had taken it, another had not. */
    @Test
    void aChangeThatIsLeftIsUndone() throws Exception {
        DatabaseSchema left = schema(
                2,
                indexed(t("k Number", "a BIGINT?", "b VARCHAR(90)?", "c JSON", "d INT?", "e INT?"), "i d"),
                U,
                StoreFixture.table("v", List.of("k"), "k Number"));
        DatabaseSchema instead = schema(
                3,
                indexed(t("k Number", "a INT", "b VARCHAR(40)?", "c JSON", "e VARCHAR(7)?"), "i b"),
                U,
                StoreFixture.table("v", List.of("x"), "x INT"));
        SchemaDefinition.Builder undone =
                rules1(instead).addAllDrops(List.of("t.d", "t.e", "v")).addAllReverts(List.of("t.a", "t.b"));
        for (boolean taken : List.of(true, false)) {
            openStore();
            if (taken) {
                assertThat(define(rules1(left))).isEmpty();
            }
            assertThat(define(undone)).isEmpty();
            assertThat(catalogue()).as("it was taken: %s", taken).isEqualTo(made(instead));
            assertThat(rows(instead, "t"))
                    .containsExactly(Row.of(number(1), number(2), text("three"), text("[4]"), Value.NULL));
        }
    }

    @Test
    void rulesThatAreNotKnownStopTheReplica() throws Exception {
        CommittedEntry later = entry(rules1(EVERYTHING).setRules(4));
        assertThatThrownBy(() -> store.apply(List.of(later)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("rules that are not known");
        assertThat(store.applied().index()).isEqualTo(later.index() - 1);
    }

    @Test
    void aCopyHasTheIndexesToo() throws Exception {
        assertThat(define(rules1(EVERYTHING))).isEmpty();
        String other = StoreFixture.uid();
        ReplicaStore copy = factory.open(other, StoreFixture.uid(), 1);
        try (SnapshotSource source = store.openSnapshot();
                SnapshotSink sink = copy.beginInstall(source.copyId())) {
            SnapshotSource.Chunk chunk = source.next(null, 1 << 20);
            while (chunk != null) {
                sink.accept(chunk);
                chunk = source.next(chunk.end(), 1 << 20);
            }
            sink.complete(source.at(), source.checksums());
        }
        assertThat(Catalogue.of(server, SqlText.SCHEMA_PREFIX + other)).isEqualTo(catalogue());
        assertThat(copy.applied().schema()).isEqualTo(store.applied().schema());
    }

    @Test
    void trialsKnowTheRules() throws Exception {
        assertThat(factory.tryTables(FIRST, rules1(EVERYTHING).build()).refusal())
                .isNull();
        DatabaseSchema without = schema(2, t("k Number", "a INT", "c JSON"));
        assertThat(factory.tryTables(FIRST, rules1(without).build()).refusal()).contains("does not name it");
        assertThat(factory.tryTables(
                                FIRST,
                                rules1(without).addDrops("t.b").addDrops("u").build())
                        .refusal())
                .isNull();
        assertThat(factory.tryTables(FIRST, rules1(without).setRules(4).build()).refusal())
                .contains("knows those up to 3");
        assertThat(catalogue()).isEqualTo(made(FIRST));
    }
}
