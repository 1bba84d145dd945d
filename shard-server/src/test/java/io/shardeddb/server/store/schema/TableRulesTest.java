package io.shardeddb.server.store.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a definition may change depends on its rules, and on nothing else. */
class TableRulesTest {

    private static final SqlText SQL = new SqlText("s_1");
    private static final TableDefinition T =
            StoreFixture.table("t", List.of("k"), "k Number", "a INT?", "b VARCHAR(20)");
    private static final TableDefinition U = StoreFixture.table("u", List.of("k"), "k Number", "w BIGINT?");
    private static final DatabaseSchema PRESENT = schema(3, T, U);

    private static DatabaseSchema schema(long version, TableDefinition... tables) {
        return new DatabaseSchema(version, Strategy.RANGE, List.of(tables));
    }

    private static TableDefinition t(String... columns) {
        return StoreFixture.table("t", List.of("k"), columns);
    }

    private static TableDefinition indexed(String index, String... columns) {
        return new TableDefinition(
                "t", T.columns(), T.primaryKey(), "k", List.of(new IndexDefinition(index, List.of(columns))));
    }

    private static SchemaDefinition.Builder rules1(TableDefinition... tables) {
        return schema(4, tables).toWire().toBuilder().setRules(1);
    }

    /**
     * Why the definition is refused where it is applied, which is also why the leader does not log it; empty when it is
     * not.
     */
    private static String refusal(SchemaDefinition.Builder definition) {
        return refusal(PRESENT, definition.build());
    }

    private static String refusal(DatabaseSchema present, SchemaDefinition definition) {
        EntryWork work = new EntryWork(new CommittedEntry(1, 1, null, null));
        StoredSchema next = SchemaChange.next(work, SQL, new StoredSchema(SQL, present), definition);
        var error = work.outcome(List.of()).error();
        assertThat(next == null).isEqualTo(error != null);
        @Nullable DatabaseException objection = SchemaChange.objection(present, definition);
        String message = error == null ? "" : error.getMessage();
        assertThat(objection == null ? "" : objection.getMessage()).contains(message);
        return message;
    }

    /** Entries of logs that older versions wrote are judged as these versions did: this table never changes. */
    @Test
    void rules0JudgeAsEver() {
        assertThat(refusal(schema(4, T, U, StoreFixture.STUDENTS).toWire().toBuilder()))
                .isEmpty();
        assertThat(refusal(schema(4, t("k Number", "a INT?", "b VARCHAR(20)", "c JSON?"), U).toWire().toBuilder()))
                .isEmpty();
        assertThat(refusal(schema(4, T).toWire().toBuilder())).isEqualTo("table u cannot be dropped");
        assertThat(refusal(schema(4, t("k Number", "a BIGINT?", "b VARCHAR(20)"), U).toWire().toBuilder()))
                .isEqualTo("column a of table t cannot be dropped, moved or changed");
        assertThat(refusal(schema(4, t("k Number", "a INT?", "b VARCHAR(40)"), U).toWire().toBuilder()))
                .isEqualTo("column b of table t cannot be dropped, moved or changed");
        assertThat(refusal(schema(4, t("k Number", "a INT?", "b VARCHAR(20)?"), U).toWire().toBuilder()))
                .isEqualTo("column b of table t cannot be dropped, moved or changed");
        assertThat(refusal(schema(4, t("k Number", "b VARCHAR(20)"), U).toWire().toBuilder()))
                .isEqualTo("column a of table t cannot be dropped, moved or changed");
        assertThat(refusal(schema(4, t("k Number", "a INT?", "b VARCHAR(20)", "c INT"), U).toWire().toBuilder()))
                .isEqualTo("the new column c of table t must be nullable: rows that exist have no value for it");
        assertThat(refusal(new DatabaseSchema(4, Strategy.HASH, List.of(T, U)).toWire().toBuilder()))
                .isEqualTo("the sharding strategy cannot change from RANGE to HASH");
    }

    @Test
    void rules0DoNotSeeWhatCameLater() {
        SchemaDefinition asked = schema(4, indexed("i", "a"), U).toWire().toBuilder()
                .addDrops("t.b")
                .addReverts("t.b")
                .build();
        assertThat(TableRules.understood(asked)).isEqualTo(schema(4, T, U).toWire());
        assertThat(Objects.requireNonNull(SchemaChange.objection(PRESENT, asked))
                        .getMessage())
                .contains("need rules 1");
        SchemaDefinition plain = PRESENT.toWire();
        assertThat(TableRules.understood(plain)).isSameAs(plain);
    }

    @Test
    void rules1AllowWhatLosesNothing() {
        assertThat(refusal(rules1(t("k Number", "a BIGINT?", "b VARCHAR(90)?", "c JSON?"), U, StoreFixture.STUDENTS)))
                .isEmpty();
        assertThat(refusal(rules1(indexed("i", "a", "b"), U))).isEmpty();
        assertThat(refusal(
                        schema(3, indexed("i", "a"), U),
                        schema(4, T, U).toWire().toBuilder().setRules(1).build()))
                .isEmpty();
    }

    @Test
    void rules1DropWhatIsNamedAndNothingElse() {
        assertThat(refusal(rules1(T))).isEqualTo("table u cannot be dropped: the definition does not name it");
        assertThat(refusal(rules1(T).addDrops("u"))).isEmpty();
        assertThat(refusal(rules1(t("k Number", "b VARCHAR(20)"), U)
                        .addDrops("u.a")
                        .addDrops("u")))
                .isEqualTo("column t.a cannot be dropped: the definition does not name it");
        assertThat(refusal(rules1(t("k Number", "b VARCHAR(20)"), U).addDrops("t.a")))
                .isEmpty();
        // What is not there need not go.
        assertThat(refusal(rules1(T, U).addDrops("v").addDrops("t.c").addDrops("v.c")))
                .isEmpty();
    }

    /** Servers that know rules 1 alone would refuse what this one took: so what is taken back needs rules 2. */
    @Test
    void rules2TakeBackWhatIsNamed() {
        SchemaDefinition.Builder asked = rules1(t("k Number", "b VARCHAR(20)"))
                .addTakesBack("t.a")
                .addTakesBack("u")
                .setRules(2);
        assertThat(refusal(asked)).isEmpty();
        assertThat(TableRules.understood(asked.build())).isEqualTo(asked.build());
        for (int rules : List.of(0, 1)) {
            SchemaDefinition less = asked.setRules(rules).build();
            assertThat(TableRules.understood(less).getTakesBackList()).isEmpty();
            assertThat(refusal(PRESENT, TableRules.understood(less))).contains("cannot be dropped");
            assertThat(Objects.requireNonNull(SchemaChange.objection(PRESENT, less))
                            .getMessage())
                    .contains("rules 2, not " + rules);
        }
        SchemaDefinition named = rules1(T, U).addDrops("v").addTakesBack("w").build();
        assertThat(TableRules.understood(named))
                .as("rules 1 know what is dropped")
                .isEqualTo(named.toBuilder().clearTakesBack().build());
        assertThat(refusal(rules1(T, U).setRules(2).addTakesBack("t`"))).contains("names nothing that can be dropped");
        assertThat(refusal(rules1(T, U)
                        .setRules(2)
                        .addAllTakesBack(IntStream.rangeClosed(0, 1_024)
                                .mapToObj(i -> "t" + i)
                                .toList())))
                .contains("at most 1024");
    }

    /** What is looked at depends on the definition and the tables in force alone. */
    @Test
    void onlyWhatIsInForceAndGoesHasToHoldNothing() {
        StoredSchema present = new StoredSchema(SQL, PRESENT);
        SchemaDefinition.Builder asked = rules1(t("k Number", "a INT?", "b VARCHAR(20)", "c INT?"))
                .setRules(2)
                .addAllTakesBack(List.of("u", "x", "t.c", "t.a", "t.b"));
        assertThat(losses(present, asked)).containsExactly("u");
        assertThat(losses(present, asked.addDrops("u"))).isEmpty();
        SchemaDefinition.Builder otherForm = rules1(
                        t("k Number", "a DATE?"), StoreFixture.table("u", List.of("k"), "k Number", "w DATE?"))
                .setRules(2)
                .addAllTakesBack(List.of("u", "t.a", "t.b"));
        assertThat(losses(present, otherForm)).containsExactly("t.a", "t.b", "u");
        assertThat(losses(present, otherForm.addDrops("t.b").addDrops("u"))).containsExactly("t.a");
        assertThat(losses(present, otherForm.addDrops("t"))).isEmpty();
    }

    private static List<String> losses(StoredSchema present, SchemaDefinition.Builder asked) {
        SchemaDefinition definition = asked.build();
        StoredSchema next = new StoredSchema(SQL, DatabaseSchema.ofWire(definition));
        return TakenBack.losses(present, next, definition).stream()
                .map(loss -> loss.column() == null ? loss.table() : loss.table() + "." + loss.column())
                .toList();
    }

    @Test
    void aNameThatIsDroppedMayBeUsedForSomethingElse() {
        assertThat(refusal(rules1(t("k Number", "a VARCHAR(9)?", "b VARCHAR(20)"), U)))
                .contains("column a cannot change from INT to VARCHAR(9)");
        assertThat(refusal(rules1(t("k Number", "b VARCHAR(20)", "a VARCHAR(9)?"), U)
                        .addDrops("t.a")))
                .isEmpty();
        assertThat(refusal(rules1(T, StoreFixture.table("u", List.of("x"), "x INT"))
                        .addDrops("u")))
                .isEmpty();
        // The key of a table that stays is never dropped.
        assertThat(refusal(rules1(T, StoreFixture.table("u", List.of("x"), "x INT"))
                        .addDrops("u.k")))
                .contains("primary key");
    }

    @Test
    void whatWasWidenedForNothingBecomesNarrowerAgain() {
        DatabaseSchema widened = schema(3, t("k Number", "a BIGINT?", "b VARCHAR(90)?"), U);
        assertThat(refusal(widened, rules1(T, U).build())).contains("cannot change from BIGINT to INT");
        SchemaDefinition taken =
                rules1(T, U).addReverts("t.a").addReverts("t.b").build();
        assertThat(refusal(widened, taken)).isEmpty();
        assertThat(refusal(PRESENT, taken)).as("on a shard that never had it").isEmpty();
        assertThat(refusal(
                        widened,
                        rules1(t("k Number", "a INT?", "b VARCHAR(40)"), U)
                                .addReverts("t.a")
                                .addReverts("t.b")
                                .build()))
                .isEmpty();
        assertThat(refusal(
                        rules1(t("k Number", "a CHAR(3)?", "b VARCHAR(20)"), U).addReverts("t.a")))
                .contains("cannot change from INT to CHAR(3)");
    }

    @Test
    void namesAreBoundedAndChecked() {
        assertThat(refusal(rules1(T, U)
                        .addAllDrops(IntStream.rangeClosed(0, 1_024)
                                .mapToObj(i -> "t" + i)
                                .toList())))
                .contains("at most 1024");
        assertThat(refusal(rules1(T, U)
                        .addAllReverts(IntStream.rangeClosed(0, 1_024)
                                .mapToObj(i -> "t.c" + i)
                                .toList())))
                .contains("at most 1024");
        for (String name :
                List.of("", ".", "t.", ".c", "t.c.d", "_shardeddb_applied", "t._shardeddb_ts", "a b", "t`")) {
            assertThat(refusal(rules1(T, U).addDrops(name))).contains("names nothing that can be dropped");
            assertThat(refusal(rules1(T, U).addReverts(name))).contains("names nothing that can become narrower");
        }
        assertThat(refusal(rules1(T, U).addReverts("t"))).contains("names nothing that can become narrower");
    }

    @Test
    void rulesOfLaterVersionsAreNotPassed() {
        for (int rules : List.of(4, 5, -1)) {
            SchemaDefinition later = rules1(T, U).setRules(rules).build();
            assertThat(CommittedEntry.isUnknown(
                            LoggedCommand.newBuilder().setDefineSchema(later).build()))
                    .isTrue();
            assertThat(Objects.requireNonNull(SchemaChange.objection(PRESENT, later))
                            .getMessage())
                    .contains("this server knows those up to 3");
        }
        assertThat(CommittedEntry.isUnknown(
                        LoggedCommand.newBuilder().setDefineSchema(rules1(T, U)).build()))
                .isFalse();
    }

    @Test
    void aVersionInForceHasOneContent() {
        SchemaDefinition same = rules1(T, U).setVersion(3).build();
        assertThat(SchemaChange.objection(PRESENT, same)).isNull();
        assertThat(SchemaChange.objection(
                        PRESENT, rules1(indexed("i", "a"), U).setVersion(3).build()))
                .isNotNull();
    }
}
