package io.shardeddb.server.store.documents;

import static io.shardeddb.server.store.documents.FilteredCollection.filter;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.documents.sql.IndexSearch;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
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

    private static final TableDefinition PEOPLE = FilteredCollection.people(
            new IndexDefinition("by_a", List.of("doc"), "a"),
            new IndexDefinition("by_ab", List.of("doc"), "a.b"),
            new IndexDefinition("by_b", List.of("doc"), "b"));

    private FilteredCollection collection;

    @BeforeAll
    void openStore() throws Exception {
        collection = new FilteredCollection(factory, PEOPLE.indexes().toArray(IndexDefinition[]::new));
        RequestGenerator generator = new RequestGenerator(31);
        for (long id = 0; id < DOCUMENTS; id++) {
            collection.add(RequestJson.of(generator.document(id)));
        }
        for (String text : TEXTS) {
            String json = new DocumentValue.TextValue(text).toJson();
            collection.add("{\"a\":" + json + "}");
            collection.add("{\"a\":{\"b\":" + json + "}}");
        }
        for (String number : NUMBERS) {
            collection.add("{\"a\":" + number + "}");
        }
        collection.write();
    }

    @AfterAll
    void dropStore() throws Exception {
        collection.drop();
    }

    @Test
    void drawnFiltersFindAllThatTheyMean() throws Exception {
        RequestGenerator generator = new RequestGenerator(32);
        long leftOut = 0;
        for (int i = 0; i < FILTERS; i++) {
            leftOut += collection.check(RequestJson.of(generator.filter()), i % 4 == 0);
        }
        assertThat(leftOut).as("documents that did not travel").isGreaterThan(FILTERS * 50L);
    }

    @Test
    void rangesOfTextsAndNumbersFindAllThatTheyMean() throws Exception {
        List<String> values = new ArrayList<>(NUMBERS);
        TEXTS.forEach(each -> values.add(new DocumentValue.TextValue(each).toJson()));
        for (String value : values) {
            for (String operator : List.of("$eq", "$lt", "$lte", "$gt", "$gte")) {
                collection.check("{\"a\":{\"" + operator + "\":" + value + "}}", false);
            }
            collection.check("{\"a.b\":{\"$gte\":" + value + ",\"$lte\":" + values.getLast() + "}}", false);
            collection.check("{\"$or\":[{\"a\":" + value + "},{\"a.b\":{\"$in\":[" + value + ",3]}}]}", false);
        }
    }

    @Test
    void whatIsFoundByAnIndexIsLittleMoreThanWhatIsMeant() throws Exception {
        assertThat(collection.paged(filter("{\"a\":\"2024-01-31\",\"c\":{\"$exists\":false}}"), 0))
                .hasSizeLessThan(DOCUMENTS / 2)
                .contains(DOCUMENTS + 2 * TEXTS.indexOf("2024-01-31"));
    }

    @Test
    void pagesAndScansHaveLimitsAndBothDirections() throws Exception {
        for (String json : List.of("{\"a\":{\"$gte\":1}}", "{\"c\":{\"$exists\":true}}")) {
            Filter filter = filter(json);
            List<Integer> all = collection.paged(filter, 0);
            assertThat(all).as(json).hasSizeGreaterThan(60);
            assertThat(collection.paged(filter, 7)).as(json).isEqualTo(all);
            assertThat(collection.scanned(filter, false)).as(json).isEqualTo(all);
            assertThat(collection.scanned(filter, true)).as(json).isEqualTo(all.reversed());
        }
    }

    @Test
    void filtersThatAreNotUnderstoodLeaveNothingOut() throws Exception {
        for (String json : List.of("{\"a\":{\"$new\":1}}", "[")) {
            ReadRequest request = collection.log().range("people", null, null, 1_000).toBuilder()
                    .setDocumentFilter(json)
                    .build();
            assertThat(collection.store().read(request).getRowsCount()).as(json).isEqualTo(collection.size());
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
        FilterSql sql = new FilterSql(new TableSql(new SqlText(SqlText.SCHEMA_PREFIX + collection.group()), PEOPLE));
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
