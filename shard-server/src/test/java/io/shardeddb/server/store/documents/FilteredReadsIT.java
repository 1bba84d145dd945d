package io.shardeddb.server.store.documents;

import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexSearch;
import io.shardeddb.documents.sql.NarrowingText;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.mysql.Entries;
import io.shardeddb.server.store.mysql.OnMariaDb;
import io.shardeddb.server.store.sql.FilterSql;
import io.shardeddb.server.store.sql.KeyRange;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.TableSql;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Reads of documents that a filter narrows, on a store with indexes of paths: none that is meant is ever missing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilteredReadsIT extends OnMariaDb {

    private static final int DOCUMENTS = 700;
    private static final int FILTERS = 400;

    /** Texts whose order in an index is not their own. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "!",
            "\"",
            "\"a",
            "#",
            "0",
            "2024-01-31",
            "2024-01-31T10:00",
            "2024-02",
            "A",
            "Z",
            "[",
            "\\",
            "\\a",
            "]",
            "a",
            "a ",
            "a!",
            "a\"",
            "a\u0001",
            "a\\",
            "aa",
            "a\u00e4",
            "\u00e4",
            "\ud7ff",
            "\uffff",
            "\ud83d\ude00",
            "\u0001",
            "\n",
            "x".repeat(300),
            "x".repeat(300) + "y");

    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "5",
            "5.5",
            "1e300",
            "-1e300",
            "1.7976931348623157e308",
            "9007199254740992",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808");

    private static final TableDefinition PEOPLE = people(
            new IndexDefinition("by_a", List.of("doc"), "a"),
            new IndexDefinition("by_ab", List.of("doc"), "a.b"),
            new IndexDefinition("by_b", List.of("doc"), "b"));

    private final List<DocumentValue> documents = new ArrayList<>();
    private String group = "";
    private ReplicaStore store;
    private Entries log;

    private static TableDefinition people(IndexDefinition... indexes) {
        return new TableDefinition(
                "people",
                StoreFixture.table("people", List.of("_id"), "_id VARBINARY(1024)", "doc JSON")
                        .columns(),
                List.of("_id"),
                "_id",
                List.of(indexes));
    }

    @BeforeAll
    void openStore() throws Exception {
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        DatabaseSchema schema = new DatabaseSchema(1, Strategy.HASH, List.of(PEOPLE));
        log = new Entries(schema);
        List<CommittedEntry> beginning = new ArrayList<>(log.beginning());
        store.apply(beginning.subList(0, 1));
        store.apply(List.of(new CommittedEntry(
                2,
                1,
                Objects.requireNonNull(beginning.get(1).command()).toBuilder()
                        .setDefineSchema(schema.toWire().toBuilder().setRules(3))
                        .build(),
                null)));
        store.apply(beginning.subList(2, beginning.size()));
        RequestGenerator generator = new RequestGenerator(31);
        for (long id = 0; id < DOCUMENTS; id++) {
            add(RequestJson.of(generator.document(id)));
        }
        for (String text : TEXTS) {
            String json = new DocumentValue.TextValue(text).toJson();
            add("{\"_id\":" + documents.size() + ",\"a\":" + json + "}");
            add("{\"_id\":" + documents.size() + ",\"a\":{\"b\":" + json + "}}");
        }
        for (String number : NUMBERS) {
            add("{\"_id\":" + documents.size() + ",\"a\":" + number + "}");
        }
        write();
    }

    private void add(String json) {
        documents.add(DocumentValue.parse(json));
    }

    private static Value key(int id) {
        return new Value.Blob(ByteString.copyFrom(DocumentId.bytes(new IntegerValue(id), new Place("_id"))));
    }

    private void write() throws Exception {
        for (int from = 0; from < documents.size(); from += 100) {
            int to = Math.min(documents.size(), from + 100);
            RowOperation[] operations = new RowOperation[to - from];
            for (int i = from; i < to; i++) {
                operations[i - from] = log.row(
                        OperationKind.UPSERT,
                        "people",
                        key(i),
                        text(documents.get(i).toJson()));
            }
            assertThat(store.apply(List.of(log.write(log.request(operations))))
                            .getFirst()
                            .replies())
                    .allSatisfy(
                            reply -> assertThat(reply.getError().getMessage()).isEmpty());
        }
    }

    @AfterAll
    void dropStore() throws Exception {
        store.drop();
        store.close();
    }

    private static Filter filter(String json) {
        return Filter.parse(DocumentValue.parse(json), new Place("filter"));
    }

    private ReadRequest.Builder request(Filter filter, boolean descending) {
        ReadRequest.Builder request = log.range("people", null, null, 0).toBuilder();
        request.getRangeBuilder().setDescending(descending);
        return request.setDocumentFilter(NarrowingText.of(filter));
    }

    private static int id(ByteString row) {
        Row decoded = RowCodec.decode(row);
        DocumentValue document = DocumentValue.parse(((Value.Text) decoded.get(1)).value());
        return Math.toIntExact(
                ((IntegerValue) Objects.requireNonNull(((DocumentValue.ObjectValue) document).get("_id"))).value());
    }

    /** Ids of the rows of all pages. */
    private List<Integer> paged(Filter filter, int limit) throws Exception {
        List<Integer> ids = new ArrayList<>();
        ReadRequest.Builder request = request(filter, false);
        request.getRangeBuilder().setLimit(limit);
        while (true) {
            ReadReply reply = store.read(request.build());
            assertThat(reply.getError().getMessage()).isEmpty();
            assertThat(reply.hasInterval()).isTrue();
            reply.getRowsList().forEach(row -> ids.add(id(row)));
            if (!reply.getMore()) {
                return ids;
            }
            if (reply.getRowsCount() == 0) {
                // On a slow machine a page may end before it found a row. Then readers scan.
                request.getRangeBuilder().setLimit(0);
                assertThat(store.scan(request.build(), chunk -> {
                                    ids.addAll(ids(chunk));
                                    return true;
                                })
                                .getError()
                                .getMessage())
                        .isEmpty();
                return ids;
            }
            request.getRangeBuilder()
                    .setFrom(RowCodec.encode(Row.of(key(ids.getLast()))))
                    .setFromExclusive(true);
        }
    }

    private List<Integer> scanned(Filter filter, boolean descending) throws Exception {
        List<ScanChunk> chunks = new ArrayList<>();
        assertThat(store.scan(request(filter, descending).build(), chunks::add)
                        .getError()
                        .getMessage())
                .isEmpty();
        assertThat(chunks.getFirst().getIndex()).isEqualTo(log.index());
        List<Integer> ids = new ArrayList<>();
        chunks.forEach(chunk -> ids.addAll(ids(chunk)));
        return ids;
    }

    private static List<Integer> ids(ScanChunk chunk) {
        return chunk.getRowsList().stream().map(FilteredReadsIT::id).toList();
    }

    private Set<Integer> meant(Filter filter) {
        Set<Integer> meant = new TreeSet<>();
        for (int id = 0; id < documents.size(); id++) {
            if (filter.matches(documents.get(id))) {
                meant.add(id);
            }
        }
        return meant;
    }

    /** Says how many documents did not travel. */
    private int check(String json, boolean scan) throws Exception {
        Filter filter = filter(json);
        List<Integer> given = scan ? scanned(filter, false) : paged(filter, 0);
        assertThat(given).as(json).isSorted().doesNotHaveDuplicates().containsAll(meant(filter));
        return documents.size() - given.size();
    }

    @Test
    void drawnFiltersFindAllThatTheyMean() throws Exception {
        RequestGenerator generator = new RequestGenerator(32);
        long leftOut = 0;
        for (int i = 0; i < FILTERS; i++) {
            leftOut += check(RequestJson.of(generator.filter()), i % 4 == 0);
        }
        assertThat(leftOut).as("documents that did not travel").isGreaterThan(FILTERS * 50L);
    }

    @Test
    void rangesOfTextsAndNumbersFindAllThatTheyMean() throws Exception {
        List<String> values = new ArrayList<>(NUMBERS);
        TEXTS.forEach(each -> values.add(new DocumentValue.TextValue(each).toJson()));
        for (String value : values) {
            for (String operator : List.of("$eq", "$lt", "$lte", "$gt", "$gte")) {
                check("{\"a\":{\"" + operator + "\":" + value + "}}", false);
            }
            check("{\"a.b\":{\"$gte\":" + value + ",\"$lte\":" + values.getLast() + "}}", false);
            check("{\"$or\":[{\"a\":" + value + "},{\"a.b\":{\"$in\":[" + value + ",3]}}]}", false);
        }
    }

    @Test
    void whatIsFoundByAnIndexIsLittleMoreThanWhatIsMeant() throws Exception {
        assertThat(paged(filter("{\"a\":\"2024-01-31\",\"c\":{\"$exists\":false}}"), 0))
                .hasSizeLessThan(DOCUMENTS / 2)
                .contains(DOCUMENTS + 2 * TEXTS.indexOf("2024-01-31"));
    }

    @Test
    void pagesAndScansHaveLimitsAndBothDirections() throws Exception {
        for (String json : List.of("{\"a\":{\"$gte\":1}}", "{\"c\":{\"$exists\":true}}")) {
            Filter filter = filter(json);
            List<Integer> all = paged(filter, 0);
            assertThat(all).as(json).hasSizeGreaterThan(60);
            assertThat(paged(filter, 7)).as(json).isEqualTo(all);
            assertThat(scanned(filter, false)).as(json).isEqualTo(all);
            assertThat(scanned(filter, true)).as(json).isEqualTo(all.reversed());
        }
    }

    @Test
    void filtersThatAreNotUnderstoodLeaveNothingOut() throws Exception {
        for (String json : List.of("{\"a\":{\"$new\":1}}", "[")) {
            ReadRequest request = log.range("people", null, null, 1_000).toBuilder()
                    .setDocumentFilter(json)
                    .build();
            assertThat(store.read(request).getRowsCount()).as(json).isEqualTo(documents.size());
        }
    }

    @Test
    void lookupsReadNothingButTheIndex() throws Exception {
        assertThat(keysOfPlan("{\"a\":\"x\"}")).isEqualTo("sdb_by_a");
        assertThat(keysOfPlan("{\"a\":5}")).isEqualTo("sdn_by_a");
        assertThat(keysOfPlan("{\"a.b\":{\"$in\":[\"x\",\"y\",\"z\"]}}")).isEqualTo("sdb_by_ab");
        assertThat(keysOfPlan("{\"b\":{\"$gt\":1000,\"$lt\":2000}}")).isEqualTo("sdn_by_b");
        assertThat(keysOfPlan("{\"b\":{\"$gte\":\"2024-01\",\"$lt\":\"2024-02\"}}"))
                .isEqualTo("sdb_by_b");
    }

    /** The index by which the database carries out the only lookup of a filter. It reads no row for it. */
    private String keysOfPlan(String json) throws Exception {
        IndexLookup lookup = IndexSearch.of(filter(json), Set.of("a", "a.b", "b"))
                .orElseThrow()
                .lookups()
                .getFirst();
        IndexDefinition index = PEOPLE.indexes().stream()
                .filter(each -> lookup.path().equals(each.path()))
                .findFirst()
                .orElseThrow();
        FilterSql sql = new FilterSql(new TableSql(new SqlText(SqlText.SCHEMA_PREFIX + group), PEOPLE));
        String statement = "EXPLAIN " + sql.lookup(index, lookup, new KeyRange(0, false, 0, false, false));
        try (Connection connection = server.connect();
                PreparedStatement explain = connection.prepareStatement(statement)) {
            int at = 1;
            for (Object parameter : FilterSql.parameters(lookup)) {
                explain.setObject(at++, parameter);
            }
            explain.setInt(at, 100);
            try (ResultSet plan = explain.executeQuery()) {
                assertThat(plan.next()).isTrue();
                assertThat(plan.getString("type")).as(json).isIn("ref", "range");
                assertThat(plan.getString("Extra")).as(json).contains("Using index");
                String key = plan.getString("key");
                assertThat(plan.next()).as("one table").isFalse();
                return key;
            }
        }
    }

    @Test
    void aDefinitionOfEarlierRulesHasNoIndexToUse() throws Exception {
        String other = StoreFixture.uid();
        try (ReplicaStore earlier = factory.open(other, StoreFixture.uid(), 1)) {
            DatabaseSchema schema = new DatabaseSchema(1, Strategy.HASH, List.of(PEOPLE));
            Entries entries = new Entries(schema);
            List<CommittedEntry> beginning = new ArrayList<>(entries.beginning());
            beginning.set(
                    1,
                    new CommittedEntry(
                            2,
                            1,
                            LoggedCommand.newBuilder(Objects.requireNonNull(
                                            beginning.get(1).command()))
                                    .setDefineSchema(schema.toWire().toBuilder().setRules(2))
                                    .build(),
                            null));
            earlier.apply(beginning);
            ReadReply reply = earlier.read(entries.range("people", null, null, 0).toBuilder()
                    .setDocumentFilter("{\"a\":{\"$eq\":5}}")
                    .build());
            assertThat(reply.getError().getMessage()).isEmpty();
            earlier.drop();
        }
    }
}
