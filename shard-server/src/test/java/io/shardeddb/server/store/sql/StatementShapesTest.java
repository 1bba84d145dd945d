package io.shardeddb.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexSearch;
import io.shardeddb.documents.sql.Narrowing;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.Identifiers;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.server.store.database.StoreFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every statement shape stands in a golden file, so that a change of what is sent to the database is seen and weighed:
 * each must run on MariaDB 11.4 and on MySQL 8 and 9.
 */
class StatementShapesTest {

    private static final TableDefinition TABLE = StoreFixture.table(
            "Marks",
            List.of("student", "course"),
            "student Number",
            "course VARCHAR(40)",
            "marks DECIMAL(5,2)?",
            "taken DATETIME(3)?",
            "notes JSON?",
            "raw BLOB?");

    private final SqlText text = new SqlText("s_0123456789abcdef0123456789abcdef");
    private final TableSql table = new TableSql(text, TABLE);

    @Test
    void bookkeepingIsAsRecorded() throws IOException {
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("session", SqlText.SESSION);
        shapes.put("settings", SqlText.SETTINGS);
        shapes.put("wait long", SqlText.WAIT_LONG);
        shapes.put("wait shortly", SqlText.WAIT_SHORTLY);
        shapes.put("index columns", SqlText.INDEX_COLUMNS);
        shapes.put("flush", SqlText.FLUSH);
        shapes.put("create marker schema", SqlText.CREATE_MARKER_SCHEMA);
        shapes.put("create marker", SqlText.CREATE_MARKER);
        shapes.put("read marker", SqlText.READ_MARKER);
        shapes.put("write marker", SqlText.WRITE_MARKER);
        shapes.put("drop schema", SqlText.dropSchema("s_0123456789abcdef0123456789abcdef"));
        shapes.put("create schema", text.createSchema());
        shapes.put("create applied", text.createApplied());
        shapes.put("create requests", text.createRequests());
        shapes.put("create copy", text.createCopy());
        shapes.put("insert applied", text.insertApplied());
        shapes.put("lock applied", text.lockApplied());
        shapes.put("read applied", text.readApplied());
        shapes.put("read view state", text.readViewState());
        shapes.put("read applied blobs", text.readAppliedBlobs());
        shapes.put("advance applied", text.advanceApplied());
        shapes.put("set ownership", text.setOwnership());
        shapes.put("set configuration", text.setConfiguration());
        shapes.put("set schema", text.setSchema());
        shapes.put("set member", text.setMember());
        shapes.put("insert requests", text.insertRequests());
        shapes.put("delete requests", text.deleteRequestsThrough());
        shapes.put("read request", text.readRequest());
        shapes.put("read requests", text.readRequestsAfter());
        shapes.put("read copy", text.readCopy());
        shapes.put("begin copy", text.beginCopy());
        shapes.put("advance copy", text.advanceCopy());
        shapes.put("end copy", text.endCopy());
        assertMatches("bookkeeping.sql", shapes);
    }

    private static final TableDefinition DOCUMENTS = new TableDefinition(
            "people",
            StoreFixture.table("people", List.of("_id"), "_id VARBINARY(1024)", "doc JSON")
                    .columns(),
            List.of("_id"),
            "_id",
            List.of(new IndexDefinition("by_city", List.of("doc"), "address.city")));

    @Test
    void statementsOnAUsersTableAreAsRecorded() throws IOException {
        List<Integer> columns = List.of(2, 3);
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("create", table.createTable());
        shapes.put("add column", table.addColumn(new ColumnDefinition("extra", ColumnType.parse("JSON"), true)));
        TableDefinition indexed = new TableDefinition(
                "Indexed",
                List.of(TABLE.column(0), TABLE.column(1)),
                List.of("student"),
                "student",
                List.of(new IndexDefinition("by_course", List.of("course", "student"))));
        IndexDefinition index = indexed.indexes().getFirst();
        shapes.put("create with index", new TableSql(text, indexed).createTable());
        shapes.put(
                "change columns",
                table.alter(List.of(TableSql.changing(TABLE.column(1)), TableSql.changing(TABLE.column(4)))));
        shapes.put(
                "replace index",
                table.alter(Stream.of(TableSql.dropping(index), TableSql.adding(index))
                        .flatMap(List::stream)
                        .toList()));
        TableSql documents = new TableSql(text, DOCUMENTS);
        IndexDefinition path = DOCUMENTS.indexes().getFirst();
        shapes.put("create with index of a path", documents.createTable());
        shapes.put("add index of a path", documents.alter(TableSql.adding(path)));
        shapes.put("drop index of a path", documents.alter(TableSql.dropping(path)));
        shapes.put("drop column", table.alter(List.of(TableSql.dropping("raw"))));
        shapes.put("insert", table.insert());
        shapes.put("upsert", table.upsert());
        shapes.put("update", table.update(List.of(2, 4)));
        shapes.put("delete", table.delete());
        shapes.put("existing keys", table.existingKeys(2));
        shapes.put("by key", table.selectByKeys(columns, 1));
        shapes.put("by keys", table.selectByKeys(columns, 2));
        shapes.put("page, all", table.selectPage(columns, new KeyRange(0, false, 0, false, false)));
        shapes.put("page, prefix", table.selectPage(columns, new KeyRange(1, false, 1, true, false)));
        shapes.put("page, whole key, down", table.selectPage(columns, new KeyRange(2, true, 2, false, true)));
        shapes.put("scan", table.scanPage(columns, new KeyRange(2, true, 0, false, false)));
        assertMatches("table.sql", shapes);
    }

    @Test
    void statementsThatFindDocumentsAreAsRecorded() throws IOException {
        FilterSql filters = new FilterSql(new TableSql(text, DOCUMENTS));
        IndexDefinition index = DOCUMENTS.indexes().getFirst();
        KeyRange all = new KeyRange(0, false, 0, false, false);
        KeyRange some = new KeyRange(1, true, 1, false, true);
        String condition = Narrowing.of(filter("{'address.city':'Paris'}"), FilterSql.documents(DOCUMENTS))
                .condition();
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("key at a place", filters.keyAt(all));
        shapes.put("key at a place, down", filters.keyAt(some));
        shapes.put("rows", filters.rows(List.of(0, 1), all, condition));
        shapes.put("rows, down", filters.rows(List.of(1), some, condition));
        shapes.put("rows by keys", filters.rowsByKeys(List.of(0, 1), 2, condition, false));
        shapes.put("look up a text", filters.lookup(index, lookup("{'address.city':'Paris'}"), all));
        shapes.put("look up texts", filters.lookup(index, lookup("{'address.city':{'$lt':'P'}}"), some));
        shapes.put("look up numbers", filters.lookup(index, lookup("{'address.city':{'$in':[1,2]}}"), all));
        shapes.put("look up a range", filters.lookup(index, lookup("{'address.city':{'$gt':1,'$lt':5}}"), all));
        assertMatches("documents.sql", shapes);
    }

    private static Filter filter(String json) {
        return Filter.parse(DocumentValue.parse(json.replace('\'', '"')), new Place("filter"));
    }

    private static IndexLookup lookup(String filter) {
        return IndexSearch.of(filter(filter), Set.of("address.city"))
                .orElseThrow()
                .lookups()
                .getFirst();
    }

    @Test
    void nothingRunsOnOneOfTheDatabasesAlone() throws IOException {
        for (String file : List.of("bookkeeping.sql", "table.sql", "documents.sql")) {
            assertThat(golden(file).toUpperCase(Locale.ROOT))
                    .doesNotContain(
                            "->", "FOR SHARE", " AS NEW", "RETURNING", "JSON_TABLE", "INSERT IGNORE", " NULLS ");
        }
    }

    @Test
    void namesAreCheckedBeforeTheyAreQuoted() {
        assertThatThrownBy(() -> Identifiers.quote("a`b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text.table("a`; DROP TABLE x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SqlText.dropSchema("x y")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StoreFixture.table("t", List.of("k`"), "k` Number"))
                .hasMessageContaining("must match");
        assertThatThrownBy(() -> StoreFixture.table("_shardeddb_applied", List.of("k"), "k Number"))
                .hasMessageContaining("not start with");
    }

    private static void assertMatches(String file, Map<String, String> shapes) throws IOException {
        String actual = shapes.entrySet().stream()
                .map(shape -> "-- " + shape.getKey() + "\n" + shape.getValue() + ";\n")
                .collect(Collectors.joining("\n"));
        assertThat(actual).isEqualTo(golden(file));
    }

    private static String golden(String file) throws IOException {
        try (InputStream stream =
                Objects.requireNonNull(StatementShapesTest.class.getResourceAsStream("/statements/" + file), file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
