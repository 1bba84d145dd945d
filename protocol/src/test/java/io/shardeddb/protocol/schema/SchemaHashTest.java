package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Strategy;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SchemaHashTest {

    private static DatabaseSchema schema(long version, Strategy strategy, ColumnDefinition... columns) {
        return new DatabaseSchema(
                version, strategy, List.of(new TableDefinition("t", List.of(columns), List.of("k"), "k")));
    }

    private static ColumnDefinition column(String name, String type, boolean nullable) {
        return new ColumnDefinition(name, ColumnType.parse(type), nullable);
    }

    private static final ColumnDefinition KEY = column("k", "BIGINT", false);
    private static final ColumnDefinition V = column("v", "VARCHAR(40)", true);
    private static final ColumnDefinition W = column("w", "VARCHAR(40)", true);
    private static final DatabaseSchema PLAIN = schema(1, Strategy.RANGE, KEY, V, W);

    @Test
    void staysWhatItWas() {
        assertThat(SchemaHash.text(PLAIN.hash()))
                .as("releases compare these: the form must never change")
                .isEqualTo("a63a3c960d3b518f");
    }

    @Test
    void ofTablesWithIndexesStaysToo() {
        DatabaseSchema indexed =
                indexed(new IndexDefinition("i", List.of("v", "w")), new IndexDefinition("j", List.of("w")));
        assertThat(SchemaHash.text(indexed.hash())).isEqualTo("1bdcea599046842e");
        assertThat(indexed(new IndexDefinition("j", List.of("w")), new IndexDefinition("i", List.of("v", "w")))
                        .hash())
                .as("the order of indexes means nothing")
                .isEqualTo(indexed.hash());
        assertThat(indexed().hash()).as("no indexes: as before there were any").isEqualTo(PLAIN.hash());
        assertThat(List.of(
                        indexed.hash(),
                        indexed(new IndexDefinition("i", List.of("w", "v")), new IndexDefinition("j", List.of("w")))
                                .hash(),
                        indexed(new IndexDefinition("i", List.of("v")), new IndexDefinition("j", List.of("w")))
                                .hash(),
                        indexed(new IndexDefinition("i", List.of("v", "w"))).hash()))
                .doesNotHaveDuplicates();
    }

    @Test
    void ofIndexesOfPathsStaysToo() {
        IndexDefinition path = new IndexDefinition("i", List.of("j"), "a.b");
        assertThat(SchemaHash.text(documents(path))).isEqualTo("285f70b887734d1d");
        assertThat(List.of(
                        documents(),
                        documents(path),
                        documents(new IndexDefinition("i", List.of("j"), "a.c")),
                        documents(new IndexDefinition("h", List.of("j"), "a.b")),
                        documents(path, new IndexDefinition("k", List.of("j"), "a.b"))))
                .doesNotHaveDuplicates();
    }

    private static long documents(IndexDefinition... indexes) {
        List<ColumnDefinition> columns = List.of(KEY, column("j", "JSON", false));
        return new DatabaseSchema(
                        1,
                        Strategy.RANGE,
                        List.of(new TableDefinition("t", columns, List.of("k"), "k", List.of(indexes))))
                .hash();
    }

    private static DatabaseSchema indexed(IndexDefinition... indexes) {
        return new DatabaseSchema(
                1,
                Strategy.RANGE,
                List.of(new TableDefinition("t", List.of(KEY, V, W), List.of("k"), "k", List.of(indexes))));
    }

    @Test
    void isOfTheTablesAndNotOfTheVersion() {
        assertThat(schema(9, Strategy.RANGE, KEY, V, W).hash()).isEqualTo(PLAIN.hash());
        assertThat(schema(1, Strategy.RANGE, KEY, column("v", "varchar(40)", true), W)
                        .hash())
                .as("types count as they are meant")
                .isEqualTo(PLAIN.hash());
    }

    @Test
    void tellsEveryDifferenceApart() {
        assertThat(List.of(
                        PLAIN.hash(),
                        schema(1, Strategy.HASH, KEY, V, W).hash(),
                        schema(1, Strategy.RANGE, KEY, W, V).hash(),
                        schema(1, Strategy.RANGE, KEY, V).hash(),
                        schema(1, Strategy.RANGE, KEY, V, column("w", "VARCHAR(41)", true))
                                .hash(),
                        schema(1, Strategy.RANGE, KEY, V, column("w", "VARCHAR(40)", false))
                                .hash()))
                .doesNotHaveDuplicates()
                .doesNotContain(SchemaHash.NONE);
    }

    @Test
    void refusesARequestOfTheSameVersionForOtherTables() {
        DatabaseSchema reordered = schema(1, Strategy.RANGE, KEY, W, V);
        assertThatThrownBy(() -> PLAIN.require(1, reordered.hash()))
                .isInstanceOfSatisfying(DatabaseException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.SCHEMA_CHANGED);
                    assertThat(refusal.details())
                            .containsEntry("schemaVersion", "1")
                            .containsEntry("schemaHash", SchemaHash.text(PLAIN.hash()));
                });
        assertThatThrownBy(() -> PLAIN.require(2, PLAIN.hash())).isInstanceOf(DatabaseException.class);
        assertThatCode(() -> PLAIN.require(1, PLAIN.hash())).doesNotThrowAnyException();
        assertThatCode(() -> PLAIN.require(1, SchemaHash.NONE)).doesNotThrowAnyException();
    }
}
