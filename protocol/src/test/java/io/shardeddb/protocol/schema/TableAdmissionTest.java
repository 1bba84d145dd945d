package io.shardeddb.protocol.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.schema.TableAdmission.Problem;
import io.shardeddb.protocol.wire.ColumnDescription;
import io.shardeddb.protocol.wire.IndexDescription;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.ShardingStrategy;
import io.shardeddb.protocol.wire.TableDescription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TableAdmissionTest {

    /** A table as "name key: column TYPE, column TYPE"; its key is one column and its shard key. */
    private static TableDescription table(String text) {
        String[] parts = text.split(": ", 2);
        String[] head = parts[0].split(" ", -1);
        TableDescription.Builder table = TableDescription.newBuilder()
                .setName(head[0])
                .addPrimaryKey(head[1])
                .setShardKey(head[1]);
        Arrays.stream(parts[1].split(", ", -1)).forEach(column -> {
            String name = column.substring(0, column.indexOf(' '));
            table.addColumns(ColumnDescription.newBuilder()
                    .setName(name)
                    .setType(column.substring(column.indexOf(' ') + 1))
                    .setNullable(!name.equals(head[1])));
        });
        return table.build();
    }

    private static SchemaDefinition schema(ShardingStrategy strategy, String... tables) {
        return SchemaDefinition.newBuilder()
                .setStrategy(strategy)
                .addAllTables(
                        Arrays.stream(tables).map(TableAdmissionTest::table).toList())
                .build();
    }

    private static SchemaDefinition range(String... tables) {
        return schema(ShardingStrategy.RANGE, tables);
    }

    private static String many(int count, String type) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i + " " + type).collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "t k: k VARCHAR(40)             | tables[1].columns[0].type | with strategy Range the shard key must"
                        + " be Number, BIGINT",
                "t k: k BIGINT UNSIGNED         | tables[1].columns[0].type | with strategy Range the shard key must"
                        + " be",
                "t k: k DECIMAL(5,0)            | tables[1].columns[0].type | with strategy Range the shard key must"
                        + " be",
                "t k: k Nmuber                  | tables[1].columns[0].type | unknown column type 'Nmuber'; allowed"
                        + " are Number, String",
                "t k: k BIGINT, v VARCHAR       | tables[1].columns[1].type | VARCHAR needs a length",
                "t k: k BIGINT, v VARCHAR(16001) | tables[1].columns[1].type | VARCHAR has a length from 1 to 16000",
                "_shardeddb_t k: k BIGINT       | tables[1].name            | '_shardeddb_t' cannot be a name",
                "a-b k: k BIGINT                | tables[1].name            | 'a-b' cannot be a name",
                "t k: k BIGINT, _ShardedDB_x INT | tables[1].columns[1].name | '_ShardedDB_x' cannot be a name",
                "t k: k BIGINT, db_row_id INT   | tables[1].columns[1].name | 'db_row_id' is a name that InnoDB keeps",
                "t k: k BIGINT, DB_TRX_ID INT   | tables[1].columns[1].name | 'DB_TRX_ID' is a name that InnoDB keeps",
                "t k: k BIGINT, db_Roll_ptr INT | tables[1].columns[1].name | 'db_Roll_ptr' is a name that InnoDB"
                        + " keeps",
                "t k: k BIGINT, fts_doc_id INT  | tables[1].columns[1].name | 'fts_doc_id' is a name that InnoDB keeps",
            })
    void refusesByFieldAndSaysWhatIsAllowed(String text, String path, String message) {
        assertThat(TableAdmission.problems(range("good k: k Number", text.strip()), null))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo(path);
                    assertThat(problem.message()).startsWith(message);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"TEXT", "JSON", "DOUBLE", "BLOB"})
    void refusesKeysThatCannotBeIndexed(String type) {
        assertThat(TableAdmission.problems(schema(ShardingStrategy.HASH, "t k: k " + type), null))
                .containsExactly(new Problem(
                        "tables[0].columns[0].type",
                        "a column of type " + type
                                + " cannot be part of a primary key; FLOAT, DOUBLE, JSON and the TEXT and"
                                + " BLOB types cannot be, all others can"));
    }

    @Test
    void refusesAColumnThatIsInTheKeyTwice() {
        SchemaDefinition twice = SchemaDefinition.newBuilder()
                .setStrategy(ShardingStrategy.RANGE)
                .addTables(table("t k: k BIGINT").toBuilder().addPrimaryKey("k"))
                .build();
        assertThat(TableAdmission.problems(twice, null))
                .extracting(Problem::path)
                .containsExactly("tables[0].primaryKey[1]");
    }

    /** An index as "name column column", and behind a colon the path. */
    private static SchemaDefinition indexed(String... indexes) {
        TableDescription.Builder table = table("t k: k BIGINT, v VARCHAR(40), w VARCHAR(760), x JSON").toBuilder();
        for (String index : indexes) {
            String[] parts = index.split(" : ", -1);
            List<String> words = Arrays.asList(parts[0].split(" ", -1));
            table.addIndexes(IndexDescription.newBuilder()
                    .setName(words.getFirst())
                    .addAllColumns(words.subList(1, words.size()))
                    .setPath(parts.length > 1 ? parts[1] : ""));
        }
        return SchemaDefinition.newBuilder()
                .setStrategy(ShardingStrategy.RANGE)
                .addTables(table)
                .build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "i y            | column y of index i is not a column of the table",
                "i x            | column x of type JSON cannot be part of index i",
                "i v v          | column v occurs twice in index i",
                "i v w          | index i declares 3204 bytes, at most 3072 are allowed",
                "i              | index i has 0 columns; 1 to 8 are allowed",
                "G v            | index G occurs twice",
                "_shardeddb_i v | index name '_shardeddb_i' must match",
                "i v : a        | index i is of a path, so its only column must be a JSON column",
                "i x v : a      | index i is of a path, so its only column must be a JSON column",
                "i x : a.0.b    | 'a.0.b' of index i is no path that can have an index",
                "i x : a..b     | 'a..b' of index i is no path that can have an index",
                "i x : a.$b     | 'a.$b' of index i is no path that can have an index",
                "i x : a`b      | 'a`b' of index i is no path that can have an index",
                "i x : a\"b     | 'a\"b' of index i is no path that can have an index",
                "i x : a\\b     | 'a\\b' of index i is no path that can have an index",
                "i234567890123456789012345678901234567890123456789 x : a | the name of an index of a path has at most",
                "a2345678901234567890123456789012345678901234567890123456789-1 v | index name",
                "a234567890123456789012345678901234567890123456789012345678901 v | index name"
            })
    void refusesIndexesByTheirPlace(String index, String message) {
        assertThat(TableAdmission.problems(indexed("g v k", index.strip()), null))
                .anySatisfy(problem -> {
                    assertThat(problem.path()).isEqualTo("tables[0].indexes[1]");
                    assertThat(problem.message()).startsWith(message);
                });
        assertThat(TableAdmission.problems(indexed("g v k", "h w k", "i x : a.b c.d_0-$"), null))
                .isEmpty();
    }

    @Test
    void refusesMoreIndexesThanATableMayHave() {
        String[] indexes = IntStream.range(0, 17).mapToObj(i -> "i" + i + " v").toArray(String[]::new);
        assertThat(TableAdmission.problems(indexed(indexes), null))
                .containsExactly(new Problem("tables[0].indexes", "a table has at most 16 indexes, not 17"));
        assertThat(TableAdmission.problems(indexed(Arrays.copyOf(indexes, 16)), null))
                .isEmpty();
    }

    @Test
    void refusesIndexesUnderWhichTheLongestRowCannotBeChanged() {
        SchemaDefinition five = longIndexed(5);
        SchemaDefinition six = longIndexed(6);
        assertThat(TableAdmission.problems(five, null)).isEmpty();
        assertThat(TableAdmission.problems(six, five)).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("tables[0].indexes");
            assertThat(problem.message()).contains("16000 are allowed").contains("Index fewer or shorter columns");
        });
        assertThat(TableAdmission.problems(six, six)).as("what is in force").isEmpty();
    }

    private static SchemaDefinition longIndexed(int indexes) {
        TableDescription.Builder table = table("t k: k BIGINT, " + many(6, "VARCHAR(760)")).toBuilder();
        for (int i = 0; i < indexes; i++) {
            table.addIndexes(IndexDescription.newBuilder().setName("i" + i).addColumns("c" + i));
        }
        return SchemaDefinition.newBuilder()
                .setStrategy(ShardingStrategy.RANGE)
                .addTables(table)
                .build();
    }

    @Test
    void acceptsAnyKeyableTypeUnderHash() {
        assertThat(TableAdmission.problems(schema(ShardingStrategy.HASH, "t k: k VARCHAR(40), v JSON"), null))
                .isEmpty();
    }

    @Test
    void refusesRowsThatNoPageHolds() {
        assertThat(TableAdmission.problems(range("t k: k BIGINT, " + many(50, "VARCHAR(40)")), null))
                .isEmpty();
        assertThat(TableAdmission.problems(range("t k: k BIGINT, " + many(51, "varchar(40)")), null))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo("tables[0].columns");
                    assertThat(problem.message())
                            .startsWith(
                                    "the longest row takes 8255 bytes in its page, and InnoDB allows 8125; the longest"
                                            + " columns: c0 VARCHAR(40) 161, c1 VARCHAR(40) 161, c2 VARCHAR(40) 161."
                                            + " Outside the key, VARCHAR(64) and longer");
                });
        assertThat(TableAdmission.problems(range("t k: k BIGINT, " + many(51, "VARCHAR(64)")), null))
                .isEmpty();
    }

    @Test
    void refusesWhatTheServersRefuseForItsDeclaredSize() {
        assertThat(TableAdmission.problems(range("t k: k BIGINT, " + many(64, "String")), null))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.message()).contains("bytes together, at most 65000 are allowed"));
        assertThat(TableAdmission.problems(schema(ShardingStrategy.HASH, "t k: k VARCHAR(768)"), null))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("at most 3072 are allowed"));
    }

    @Test
    void refusesALongNameWithAJsonColumn() {
        String name = "n".repeat(57);
        assertThat(TableAdmission.problems(range(name + " k: k BIGINT"), null)).isEmpty();
        assertThat(TableAdmission.problems(range(name + " k: k BIGINT, j JSON"), null))
                .extracting(Problem::path)
                .containsExactly("tables[0].name");
        assertThat(TableAdmission.problems(range(name.substring(1) + " k: k BIGINT, j JSON"), null))
                .isEmpty();
    }

    @Test
    void asksNothingNewOfWhatIsInForceUntilItChanges() {
        SchemaDefinition inForce = range("t k: k BIGINT, fts_doc_id INT, " + many(60, "VARCHAR(40)"));
        SchemaDefinition spelled = range("t k: k bigint, fts_doc_id int, " + many(60, "varchar( 40 )"));
        assertThat(TableAdmission.problems(inForce, inForce)).isEmpty();
        assertThat(TableAdmission.problems(spelled, inForce)).isEmpty();
        assertThat(TableAdmission.problems(range("t k: k BIGINT, fts_doc_id INT, " + many(61, "VARCHAR(40)")), inForce))
                .extracting(Problem::path)
                .containsExactly("tables[0].columns");
    }

    /**
     * Under Range a shard key is its own position; half of these are not. Tables that have one keep their rows where
     * they are.
     */
    @Test
    void takesUnsignedShardKeysWhereTheyArePositions() {
        SchemaDefinition wide = range("t k: k BIGINT UNSIGNED, v INT");
        assertThat(TableAdmission.problems(range("t k: k INT UNSIGNED, v BIGINT UNSIGNED"), null))
                .isEmpty();
        assertThat(TableAdmission.problems(schema(ShardingStrategy.HASH, "t k: k BIGINT UNSIGNED"), null))
                .isEmpty();
        assertThat(TableAdmission.problems(wide, null)).hasSize(1);
        assertThat(TableAdmission.problems(wide, wide)).isEmpty();
        assertThat(TableAdmission.definable(wide, "t")).isEqualTo(2);
    }

    @Test
    void tellsABrokenTableAlsoWhenItIsRecordedAsInForce() {
        SchemaDefinition broken = range("t k: k VARCHAR(40)");
        assertThat(TableAdmission.problems(broken, broken))
                .extracting(Problem::path)
                .containsExactly("tables[0].columns[0].type");
    }

    @Test
    void knowsWhatCanNeverHaveBeenDefined() {
        SchemaDefinition schema = range(
                "key k: k VARCHAR(40), v INT",
                "late k: k BIGINT, v INT, bad VARCAR(3), w INT",
                "early k: bad VARCAR(3), k BIGINT",
                "engine k: k BIGINT, v INT, db_row_id INT",
                "sum k: k BIGINT, " + many(64, "String"),
                "_shardeddb_x k: k BIGINT",
                "good k: k BIGINT, v INT");
        assertThat(List.of("key", "late", "early", "engine", "sum", "_shardeddb_x", "good", "none").stream()
                        .map(table -> TableAdmission.definable(schema, table)))
                .containsExactly(0, 2, 0, 2, 64, 0, 2, 0);
    }

    /** The servers' rules are frozen, these are not: whatever passes here must be taken there. */
    @Test
    void isStricterThanTheServersRules() {
        Random random = new Random(4711);
        List<String> types = List.of(
                "Number",
                "String",
                "VARCHAR(16000)",
                "VARCHAR(768)",
                "VARCHAR(40)",
                "TEXT",
                "JSON",
                "DOUBLE",
                "CHAR(300)",
                "INT");
        List<String> names = List.of("a", "b", "c", "_shardeddb", "d-e", "f");
        int accepted = 0;
        for (int i = 0; i < 5_000; i++) {
            List<String> columns = new ArrayList<>(names);
            Collections.shuffle(columns, random);
            int count = 1 + random.nextInt(4);
            String text = "t " + columns.get(random.nextInt(count)) + ": "
                    + columns.subList(0, count).stream()
                            .map(name -> name + " " + types.get(random.nextInt(types.size())))
                            .collect(Collectors.joining(", "));
            SchemaDefinition schema =
                    schema(random.nextBoolean() ? ShardingStrategy.RANGE : ShardingStrategy.HASH, text);
            if (TableAdmission.problems(schema, null).isEmpty()) {
                accepted++;
                assertThat(DatabaseSchema.ofWire(schema).tables()).hasSize(1);
                assertThat(TableAdmission.definable(schema, "t")).isEqualTo(count);
            }
        }
        assertThat(accepted).isGreaterThan(100);
    }
}
