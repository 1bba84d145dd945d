package io.shardeddb.router.http.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.crds.IndexSpec;
import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.ServersSpec;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.TableSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.router.topology.Tables;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecEditsTest {

    @SuppressWarnings("UnnecessaryLambda") // A constant reads better in a dozen calls than a method reference.
    private static final IntUnaryOperator FIRST = bound -> 0;

    private static final String INIT = "{\"N\":3,\"schema\":{\"columns\":[\"Stud_id\",\"Stud_name\",\"Stud_marks\"],"
            + "\"dtypes\":[\"Number\",\"String\",\"String\"]},\"shards\":[{\"Stud_id_low\":0,\"Shard_id\":\"sh1\",\"Shard_size\":4096},"
            + "{\"Stud_id_low\":4096,\"Shard_id\":\"sh2\",\"Shard_size\":4096},{\"Stud_id_low\":8192,\"Shard_id\":\"sh3\",\"Shard_size\":4096}],"
            + "\"servers\":{\"Server0\":[\"sh1\",\"sh2\"],\"Server1\":[\"sh2\",\"sh3\"],\"Server2\":[\"sh1\",\"sh3\"]}}";

    @Test
    void initFillsAnEmptyDatabaseWithExactPlacements() {
        ShardedDatabaseSpec spec = init();
        assertThat(spec.tables()).singleElement().satisfies(table -> {
            assertThat(table.name()).isEqualTo("StudT");
            assertThat(table.primaryKey()).containsExactly("Stud_id");
        });
        assertThat(spec.shards())
                .containsExactly(
                        new ShardRangeSpec("sh1", 0L, 4096L, 2),
                        new ShardRangeSpec("sh2", 4096L, 4096L, 2),
                        new ShardRangeSpec("sh3", 8192L, 4096L, 2));
        assertThat(spec.servers().count()).isEqualTo(3);
        assertThat(spec.servers().named())
                .contains(new NamedServerSpec("Server0", List.of("sh1", "sh2")))
                .hasSize(3);
    }

    @Test
    void theSameInitAgainChangesNothing() {
        ShardedDatabaseSpec spec = init();
        assertThat(SpecEdits.init(spec, parse(INIT), FIRST).spec()).isEqualTo(spec);
    }

    @Test
    void anInitWithMoreAddsIt() {
        ShardedDatabaseSpec spec = init();
        ShardedDatabaseSpec more = SpecEdits.init(
                        spec,
                        parse(INIT.replace(
                                        "{\"Stud_id_low\":0,",
                                        "{\"Stud_id_low\":20000,\"Shard_id\":\"sh9\",\"Shard_size\":10},{\"Stud_id_low\":0,")
                                .replace("\"Server0\":[\"sh1\",\"sh2\"]", "\"Server0\":[\"sh1\",\"sh2\",\"sh9\"]")),
                        FIRST)
                .spec();
        assertThat(more.shards()).hasSize(4).contains(new ShardRangeSpec("sh9", 20000L, 10L, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"N\":3,\"shards\":[],\"servers\":{}}",
                "{\"N\":1,\"shards\":[{\"Stud_id_low\":0,\"Shard_id\":\"sh1\",\"Shard_size\":5000},"
                        + "{\"Stud_id_low\":5000,\"Shard_id\":\"sh2\",\"Shard_size\":4096},{\"Stud_id_low\":9192,\"Shard_id\":\"sh3\",\"Shard_size\":4096}]}"
            })
    void anInitThatWouldDropSomethingIsRefused(String body) {
        ShardedDatabaseSpec spec = init();
        assertThatThrownBy(() -> SpecEdits.init(spec, parse(body), FIRST))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.code().httpStatus()).isEqualTo(400));
    }

    @Test
    void anInitAgainLeavesIndexesAlone() {
        TableSpec table = init().tables().getFirst();
        TableSpec indexed = new TableSpec(
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.shardKey(),
                List.of(new IndexSpec("by_name", List.of(table.columns().get(1).name()))));
        ShardedDatabaseSpec spec = init().withTables(List.of(indexed));
        assertThat(SpecEdits.init(spec, parse(INIT), FIRST).spec()).isEqualTo(spec);
        assertThat(Tables.definition(indexed).indexes()).hasSize(1);
        assertThat(Tables.texts(spec).getTables(0).getIndexes(0).getName()).isEqualTo("by_name");
    }

    @Test
    void initWithoutSchemaOrServersTakesTheAssignmentsDefaults() {
        ShardedDatabaseSpec spec = SpecEdits.init(
                        empty(),
                        parse(
                                "{\"N\":\"2\",\"shards\":[{\"stud_id_low\":0,\"shard_id\":\"sh1\",\"shard_size\":4096}]}"),
                        FIRST)
                .spec();
        assertThat(spec.servers().count()).isEqualTo(2);
        assertThat(spec.shards()).containsExactly(new ShardRangeSpec("sh1", 0L, 4096L, 2));
    }

    @Test
    void addResolvesTemplatesAndAddsCopies() {
        SpecEdits.Edit edit = SpecEdits.add(
                init(),
                parse("{\"n\":2,\"new_shards\":[{\"Stud_id_low\":12288,\"Shard_id\":\"sh5\",\"Shard_size\":4096}],"
                        + "\"servers\":{\"Server4\":[\"sh3\",\"sh5\"],\"Server[5]\":[\"sh2\",\"sh5\"]}}"),
                Set.of("Server0", "Server1", "Server2"),
                FIRST);
        assertThat(edit.servers()).containsExactly("Server4", "Server10000");
        assertThat(edit.spec().servers().count()).isEqualTo(5);
        assertThat(edit.spec().shards())
                .containsExactly(
                        new ShardRangeSpec("sh1", 0L, 4096L, 2),
                        new ShardRangeSpec("sh2", 4096L, 4096L, 3),
                        new ShardRangeSpec("sh3", 8192L, 4096L, 3),
                        new ShardRangeSpec("sh5", 12288L, 4096L, 2));
        assertThat(SpecEdits.called("Server4")).isEqualTo("Server:4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Number    | VARCHAR(40)    | spec.tables[0].columns[0].type | with strategy Range the shard key must"
                        + " be Number",
                "Number    | TEXT           | spec.tables[0].columns[0].type | with strategy Range the shard key must"
                        + " be Number",
                "String    | VARCHAR(17000) | schema.dtypes               | VARCHAR has a length from 1 to 16000",
            })
    void initRefusesTablesByFieldBeforeAnybodyIsAsked(String type, String instead, String field, String message) {
        String body = INIT.replaceFirst("\"" + type + "\"", "\"" + instead + "\"");
        assertThatThrownBy(() -> SpecEdits.init(empty(), parse(body), FIRST))
                .isInstanceOfSatisfying(DatabaseException.class, e -> {
                    assertThat(e.code().httpStatus()).isEqualTo(400);
                    assertThat(e.details()).containsEntry("field", field);
                    assertThat(e.text()).contains(message);
                });
    }

    @Test
    void initRefusesNamesThatInnoDbKeeps() {
        assertThatThrownBy(() -> SpecEdits.init(empty(), parse(INIT.replace("Stud_name", "db_row_id")), FIRST))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.details()).containsEntry("field", "spec.tables[0].columns[1].name"));
    }

    @Test
    void addRefusesMoreThanItNames() {
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"n\":3,\"servers\":{\"S\":[]}}"), Set.of(), FIRST))
                .hasMessage("Number of new servers (n) is greater than newly added instances");
    }

    @Test
    void addMakesUpTheHostnamesThatAreMissing() {
        SpecEdits.Edit edit = SpecEdits.add(
                init(), parse("{\"n\":3,\"hostnames\":[\"S5\"]}"), Set.of("Server0", "Server1", "Server2"), FIRST);
        assertThat(edit.servers()).containsExactly("S5", "Server10000", "Server10001");
        assertThat(edit.spec().servers().count()).isEqualTo(6);
        assertThat(SpecEdits.add(init(), parse("{\"n\":1}"), Set.of(), FIRST).servers())
                .containsExactly("Server10000");
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"n\":1,\"hostnames\":[\"a\",\"b\"]}"), Set.of(), FIRST))
                .hasMessage("Length of hostname list is more than newly added instances");
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"n\":2000000000}"), Set.of(), FIRST))
                .hasMessageContaining("at most 1000");
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"n\":-1}"), Set.of(), FIRST))
                .isInstanceOf(DatabaseException.class);
    }

    @Test
    void anInitOverADatabaseSaysWhatItLacks() {
        assertThatThrownBy(() -> SpecEdits.init(init(), parse("{}"), FIRST))
                .hasMessageContaining("\"shards\" is missing")
                .hasMessageContaining("not named are the shards sh1, sh2, sh3");
        assertThatThrownBy(() -> SpecEdits.init(
                        init(),
                        parse("{\"shards\":[{\"Stud_id_low\":0,\"Shard_id\":\"sh1\",\"Shard_size\":4096},"
                                + "{\"Stud_id_low\":4096,\"Shard_id\":\"sh2\",\"Shard_size\":4096}]}"),
                        FIRST))
                .hasMessageContaining("lacks some shards")
                .hasMessageContaining("is shard sh3");
    }

    @Test
    void addRefusesServersThatExistAndUnknownShardsAndOverlaps() {
        Set<String> existing = Set.of("Server0", "Server1", "Server2");
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"servers\":{\"Server0\":[]}}"), existing, FIRST))
                .hasMessageContaining("already a server Server0");
        assertThatThrownBy(() -> SpecEdits.add(init(), parse("{\"servers\":{\"S\":[\"sh77\"]}}"), existing, FIRST))
                .hasMessageContaining("there is no shard sh77");
        assertThatThrownBy(() -> SpecEdits.add(
                        init(),
                        parse("{\"n\":0,\"new_shards\":[{\"Stud_id_low\":1,\"Shard_id\":\"x\",\"Shard_size\":2}]}"),
                        existing,
                        FIRST))
                .hasMessageContaining("overlaps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"N\":\"x\"}",
                "{\"servers\":5}",
                "{\"shards\":[{}]}",
                "{\"shards\":5}",
                "{\"schema\":{\"columns\":[\"a\"],\"dtypes\":[]}}",
                "{\"schema\":{\"columns\":[\"a\"],\"dtypes\":[\"Blubb\"]}}",
                "{\"shards\":[{\"Stud_id_low\":0.5,\"Shard_id\":\"a\",\"Shard_size\":1}]}"
            })
    void refusesBodiesOfAnotherForm(String body) {
        assertThatThrownBy(() -> parse(body))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.code().httpStatus()).isEqualTo(400));
    }

    static ShardedDatabaseSpec init() {
        return SpecEdits.init(empty(), parse(INIT), FIRST).spec();
    }

    @SuppressWarnings("NullAway") // As the client's JSON mapper does: absent parts are filled by the record itself.
    static ShardedDatabaseSpec empty() {
        return new ShardedDatabaseSpec(
                null,
                List.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                null,
                null,
                ServersSpec.of(0),
                null,
                null,
                false,
                null);
    }

    static ClusterRequest parse(String body) {
        return ClusterRequest.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
