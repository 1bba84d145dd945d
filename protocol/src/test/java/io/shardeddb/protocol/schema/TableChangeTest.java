package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.TableChange.AddColumn;
import io.shardeddb.protocol.schema.TableChange.AddIndex;
import io.shardeddb.protocol.schema.TableChange.AddTable;
import io.shardeddb.protocol.schema.TableChange.AllowNull;
import io.shardeddb.protocol.schema.TableChange.DropColumn;
import io.shardeddb.protocol.schema.TableChange.DropIndex;
import io.shardeddb.protocol.schema.TableChange.DropTable;
import io.shardeddb.protocol.schema.TableChange.Refused;
import io.shardeddb.protocol.schema.TableChange.Widen;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableChangeTest {

    private static final ColumnDefinition K = column("k BIGINT");
    private static final ColumnDefinition A = column("a INT?");
    private static final ColumnDefinition B = column("b VARCHAR(20)?");
    private static final ColumnDefinition C = column("c JSON?");
    private static final DatabaseSchema OLD = schema(table("t", K, A, B));

    /** "name TYPE", with a question mark behind it when it may be NULL. */
    private static ColumnDefinition column(String text) {
        String[] parts = text.split(" ", 2);
        boolean nullable = parts[1].endsWith("?");
        return new ColumnDefinition(parts[0], ColumnType.parse(parts[1].replace("?", "")), nullable);
    }

    private static TableDefinition table(String name, ColumnDefinition... columns) {
        return new TableDefinition(name, List.of(columns), List.of("k"), "k");
    }

    /** Each index is one text: its name, then its columns. */
    private static TableDefinition indexed(String... indexes) {
        return new TableDefinition(
                "t",
                List.of(K, A, B),
                List.of("k"),
                "k",
                Stream.of(indexes)
                        .map(text -> Arrays.asList(text.split(" ")))
                        .map(words -> new IndexDefinition(words.getFirst(), words.subList(1, words.size())))
                        .toList());
    }

    private static DatabaseSchema schema(TableDefinition... tables) {
        return new DatabaseSchema(1, Strategy.RANGE, List.of(tables));
    }

    private static List<TableChange> changes(TableDefinition... after) {
        return TableChange.between(OLD, schema(after));
    }

    private static String refusal(TableDefinition... after) {
        List<TableChange> refused = changes(after).stream()
                .filter(change -> change instanceof Refused)
                .toList();
        assertThat(refused).hasSize(1);
        assertThat(refused.getFirst().permission()).isNull();
        return refused.getFirst().text();
    }

    @Test
    void nothingChangesBetweenEqualTables() {
        assertThat(changes(table("t", K, A, B))).isEmpty();
        assertThat(TableChange.between(schema(table("x", K), table("y", K)), schema(table("y", K), table("x", K))))
                .isEmpty();
        assertThat(TableChange.between(schema(indexed("i a", "j b")), schema(indexed("j b", "i a"))))
                .isEmpty();
    }

    @Test
    void additionsNeedNoPermission() {
        TableDefinition other = table("u", K, C);
        assertThat(changes(table("t", K, A, B, C), other))
                .containsExactly(new AddColumn("t", C), new AddTable(other))
                .allMatch(change -> change.permission() == null);
    }

    @Test
    void whatGoesIsNamedAndStandsLast() {
        List<TableChange> changes = TableChange.between(
                schema(table("t", K, A, B), table("u", K)), schema(table("t", K, B, C), table("v", K)));
        assertThat(changes)
                .containsExactly(
                        new AddColumn("t", C),
                        new AddTable(table("v", K)),
                        new DropColumn("t", "a"),
                        new DropTable("u"));
        assertThat(changes.stream().map(TableChange::permission)).containsExactly(null, null, "drop t.a", "drop u");
        assertThat(changes.stream().map(TableChange::text))
                .containsExactly(
                        "column t.c is added",
                        "table v is added",
                        "column t.a is dropped with its values",
                        "table u is dropped with its rows");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VARCHAR(20)  | VARCHAR(63)    | false",
                "VARCHAR(63)  | VARCHAR(64)    | true",
                "VARCHAR(64)  | VARCHAR(9000)  | false",
                "VARCHAR(254) | String         | false",
                "String       | VARCHAR(256)   | false",
                "VARBINARY(1) | VARBINARY(255) | false",
                "VARBINARY(9) | VARBINARY(256) | true",
                "VARBINARY(256) | VARBINARY(300) | false",
                "TINYINT      | SMALLINT       | true",
                "INT          | BIGINT         | true",
                "INT          | Number         | true",
                "INT UNSIGNED | BIGINT UNSIGNED | true"
            })
    void widens(String from, String to, boolean rebuild) {
        List<TableChange> changes = TableChange.between(
                schema(table("t", K, column("v " + from))), schema(table("t", K, column("v " + to))));
        assertThat(changes).containsExactly(new Widen("t", "v", ColumnType.parse(from), ColumnType.parse(to), rebuild));
        assertThat(changes.getFirst().permission()).isEqualTo(rebuild ? "rebuild t" : null);
        // There is no way back.
        assertThat(TableChange.between(
                        schema(table("t", K, column("v " + to))), schema(table("t", K, column("v " + from)))))
                .singleElement()
                .isInstanceOf(Refused.class);
    }

    /** Its index is made anew. */
    @Test
    void aLongerBinaryColumnOfAnIndexIsARebuild() {
        List<IndexDefinition> index = List.of(new IndexDefinition("i", List.of("v")));
        TableDefinition before =
                new TableDefinition("t", List.of(K, column("v VARBINARY(9)")), List.of("k"), "k", index);
        TableDefinition after =
                new TableDefinition("t", List.of(K, column("v VARBINARY(20)")), List.of("k"), "k", index);
        assertThat(TableChange.between(schema(before), schema(after)))
                .singleElement()
                .satisfies(change -> assertThat(change.permission()).isEqualTo("rebuild t"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT          | BIGINT UNSIGNED",
                "BIGINT       | Number",
                "INT          | VARCHAR(20)",
                "CHAR(3)      | CHAR(4)",
                "CHAR(3)      | VARCHAR(4)",
                "BINARY(3)    | VARBINARY(4)",
                "VARCHAR(20)  | TEXT",
                "BOOLEAN      | INT",
                "TEXT         | LONGTEXT",
                "DECIMAL(5,2) | DECIMAL(6,2)",
                "DATETIME     | DATETIME(3)",
                "FLOAT        | DOUBLE"
            })
    void refusesOtherTypes(String from, String to) {
        assertThat(TableChange.between(
                        schema(table("t", K, column("v " + from))), schema(table("t", K, column("v " + to)))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.text())
                                .startsWith("tables[0].columns[1].type: column v cannot change from"));
    }

    @Test
    void allowsNullOnce() {
        DatabaseSchema needed = schema(table("t", K, column("v INT")));
        List<TableChange> changes = TableChange.between(needed, schema(table("t", K, column("v BIGINT?"))));
        assertThat(changes).hasSize(2).contains(new AllowNull("t", "v"));
        assertThat(changes).allMatch(change -> "rebuild t".equals(change.permission()));
        assertThat(TableChange.between(schema(table("t", K, column("v INT?"))), needed))
                .singleElement()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.path()).isEqualTo("tables[0].columns[1].nullable"));
    }

    @Test
    void indexesComeWithPermissionAndGoWithout() {
        List<TableChange> changes =
                TableChange.between(schema(indexed("i a", "j a b")), schema(indexed("j b a", "l b")));
        assertThat(changes)
                .containsExactly(
                        new AddIndex("t", new IndexDefinition("j", List.of("b", "a"))),
                        new AddIndex("t", new IndexDefinition("l", List.of("b"))),
                        new DropIndex("t", "i"),
                        new DropIndex("t", "j"));
        assertThat(changes.stream().map(TableChange::permission)).containsExactly("rebuild t", "rebuild t", null, null);
        assertThat(TableChange.between(schema(), schema(indexed("i a")))).containsExactly(new AddTable(indexed("i a")));
    }

    @Test
    void keysAndStrategyStay() {
        TableDefinition twoKeys = new TableDefinition("t", List.of(K, column("l INT")), List.of("k", "l"), "k");
        assertThat(TableChange.between(
                        schema(twoKeys), schema(new TableDefinition("t", twoKeys.columns(), List.of("l", "k"), "l"))))
                .extracting(TableChange::text)
                .containsExactly(
                        "tables[0].primaryKey: the primary key of table t is [k, l] and cannot change",
                        "tables[0].shardKey: the shard key of table t is k and cannot change");
        assertThat(TableChange.between(schema(twoKeys), schema(table("t", K))))
                .extracting(TableChange::text)
                .contains("tables[0].columns: column l is part of the primary key and cannot be dropped");
        assertThat(refusal(table("t", column("k Number"), A, B)))
                .isEqualTo("tables[0].columns[0]: column k is part of the primary key and stays BIGINT");
        assertThat(TableChange.between(OLD, new DatabaseSchema(2, Strategy.HASH, OLD.tables())))
                .containsExactly(new Refused("", "strategy", "the sharding strategy cannot change from RANGE to HASH"));
    }

    @Test
    void columnsKeepTheirPlaces() {
        assertThat(refusal(table("t", K, B, A)))
                .isEqualTo("tables[0].columns[1]: column b stands in the place of a: columns keep their order, and new"
                        + " ones stand behind them");
        assertThat(refusal(table("t", K, C, A, B))).startsWith("tables[0].columns[1]: column c stands in the place");
        assertThat(refusal(table("t", K, A, B, column("c INT"))))
                .startsWith("tables[0].columns[3].nullable: the new column c must be nullable");
    }

    @Test
    void namesAreNotSpelledAnew() {
        assertThat(refusal(table("T", K, A, B))).startsWith("tables[0].name: table t cannot get another spelling");
        assertThat(refusal(table("t", K, column("A INT?"), B)))
                .startsWith("tables[0].columns[1].name: column a cannot get another spelling");
    }
}
