package io.shardeddb.server.store.documents;

import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.EntryOutcome;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.database.StoreFixture;
import io.shardeddb.server.store.mysql.Catalogue;
import io.shardeddb.server.store.mysql.Entries;
import io.shardeddb.server.store.mysql.OnMariaDb;
import io.shardeddb.server.store.sql.PathIndexSql;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Indexes of paths in documents: what the database computes of each document, and how they come and go with rows. */
class PathIndexIT extends OnMariaDb {

    private static final IndexDefinition CITY = new IndexDefinition("city", List.of("doc"), "a.b");
    private static final TableDefinition PLAIN = people();
    private static final TableDefinition INDEXED = people(CITY);

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

    private static SchemaDefinition.Builder definition(long version, TableDefinition table) {
        return new DatabaseSchema(version, Strategy.HASH, List.of(table))
                .toWire().toBuilder().setRules(3);
    }

    @BeforeEach
    void openStore() throws Exception {
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(new DatabaseSchema(1, Strategy.HASH, List.of(PLAIN)));
        apply(log.beginning());
    }

    @AfterEach
    void dropStore() throws Exception {
        store.drop();
        store.close();
    }

    private List<EntryOutcome> apply(List<CommittedEntry> entries) throws Exception {
        return store.apply(entries);
    }

    private String define(long version, TableDefinition table) throws Exception {
        EntryOutcome outcome = apply(
                        List.of(log.command(LoggedCommand.newBuilder().setDefineSchema(definition(version, table)))))
                .getFirst();
        log = new Entries(new DatabaseSchema(version, Strategy.HASH, List.of(table))).at(log.index(), log.millis());
        var error = outcome.error();
        return error == null ? "" : error.getMessage();
    }

    private void write(String... documents) throws Exception {
        for (int i = 0; i < documents.length; i++) {
            Value id = new Value.Blob(ByteString.copyFromUtf8("k" + i));
            assertThat(apply(List.of(log.write(
                                    log.request(log.row(OperationKind.UPSERT, "people", id, text(documents[i]))))))
                            .getFirst()
                            .replies())
                    .allSatisfy(
                            reply -> assertThat(reply.getError().getMessage()).isEmpty());
        }
    }

    /** Text and number of each document, as the database has computed them. */
    private List<String> computed() throws Exception {
        PathIndexSql index = new PathIndexSql(CITY);
        List<String> computed = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet results = statement.executeQuery("SELECT CONVERT(" + index.textColumn() + " USING utf8mb4), "
                        + index.numberColumn() + " FROM `" + SqlText.SCHEMA_PREFIX + group
                        + "`.`people` ORDER BY `_id`")) {
            while (results.next()) {
                String text = results.getString(1);
                double number = results.getDouble(2);
                computed.add(text + " " + (results.wasNull() ? "null" : String.valueOf(number)));
            }
        }
        return computed;
    }

    private List<String> catalogue() throws Exception {
        return Catalogue.of(server, SqlText.SCHEMA_PREFIX + group);
    }

    @Test
    void theDatabaseComputesWhatIsAtThePath() throws Exception {
        assertThat(define(2, INDEXED)).isEmpty();
        write(
                "{\"a\":{\"b\":\"Li\u00e8ge \\\"x\\\"\"}}",
                "{\"a\":{\"b\":\"\uD83D\uDE00\"}}",
                "{\"a\":{\"b\":-1.5}}",
                "{\"a\":{\"b\":9007199254740993}}",
                "{\"a\":{\"b\":true}}",
                "{\"a\":{\"b\":null}}",
                "{\"a\":{}}",
                "{\"a\":7}",
                "{\"a\":{\"b\":[1,2]}}",
                "{\"a\":[{\"b\":3}]}");
        String array = PathIndexSql.ARRAY_TEXT + " " + PathIndexSql.ARRAY_NUMBER;
        assertThat(computed())
                .containsExactly(
                        "\"Li\u00e8ge \\\"x\\\"\" null",
                        "\"\uD83D\uDE00\" null",
                        "-1.5 -1.5",
                        "9007199254740993 9.007199254740992E15",
                        "true null",
                        "null null",
                        "null null",
                        "null null",
                        array,
                        array);
    }

    @Test
    void aLongTextIsCutToItsFirstBytes() throws Exception {
        assertThat(define(2, INDEXED)).isEmpty();
        write("{\"a\":{\"b\":\"" + "x".repeat(1_000) + "\"}}");
        assertThat(computed()).containsExactly("\"" + "x".repeat(PathIndexSql.TEXT_BYTES - 1) + " null");
    }

    @Test
    void anIndexComesAndGoesWithoutTouchingDocuments() throws Exception {
        write("{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":2}}");
        List<String> before = catalogue();
        List<Row> rows =
                Entries.rows(store.read(log.range("people", null, null, 0)).getRowsList());

        assertThat(define(2, INDEXED)).isEmpty();
        assertThat(computed()).containsExactly("\"x\" null", "2 2.0");
        assertThat(Entries.rows(store.read(log.range("people", null, null, 0)).getRowsList()))
                .isEqualTo(rows);

        IndexDefinition other = new IndexDefinition("city", List.of("doc"), "a");
        assertThat(define(3, people(other))).isEmpty();
        assertThat(computed()).containsExactly("{ null", "{ null");

        assertThat(define(4, PLAIN)).isEmpty();
        assertThat(catalogue()).isEqualTo(before);
        assertThat(Entries.rows(store.read(log.range("people", null, null, 0)).getRowsList()))
                .isEqualTo(rows);
    }

    @Test
    void aNewTableHasItAtOnce() throws Exception {
        assertThat(define(2, INDEXED)).isEmpty();
        List<String> changed = catalogue();
        store.drop();
        store.close();
        group = StoreFixture.uid();
        store = factory.open(group, StoreFixture.uid(), 1);
        log = new Entries(new DatabaseSchema(1, Strategy.HASH, List.of(INDEXED)));
        apply(List.of(log.empty(), log.command(LoggedCommand.newBuilder().setDefineSchema(definition(1, INDEXED)))));
        assertThat(catalogue()).isEqualTo(changed);
    }

    @Test
    void serversOfEarlierRulesKnowNothingOfIt() throws Exception {
        SchemaDefinition.Builder earlier = definition(2, INDEXED).setRules(2);
        EntryOutcome outcome = apply(
                        List.of(log.command(LoggedCommand.newBuilder().setDefineSchema(earlier))))
                .getFirst();
        assertThat(outcome.error()).isNull();
        assertThat(catalogue()).noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("_shardeddb_t_"));
    }
}
