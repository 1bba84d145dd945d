package io.shardeddb.server.store.documents;

import static io.shardeddb.server.store.mysql.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.NarrowingText;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
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
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** A collection on a store, with all of its documents in memory too. The id of each is its place there. */
final class FilteredCollection {

    private final String group = StoreFixture.uid();
    private final List<DocumentValue> documents = new ArrayList<>();
    private final ReplicaStore store;
    private Entries log;
    private int written;
    private long version = 1;

    FilteredCollection(MySqlStoreFactory factory, IndexDefinition... indexes) throws Exception {
        store = factory.open(group, StoreFixture.uid(), 1);
        DatabaseSchema schema = schema(version, indexes);
        log = new Entries(schema);
        List<CommittedEntry> beginning = new ArrayList<>(log.beginning());
        beginning.set(
                1,
                new CommittedEntry(
                        2,
                        1,
                        Objects.requireNonNull(beginning.get(1).command()).toBuilder()
                                .setDefineSchema(schema.toWire().toBuilder().setRules(3))
                                .build(),
                        null));
        store.apply(beginning.subList(0, 1));
        store.apply(beginning.subList(1, 2));
        store.apply(beginning.subList(2, beginning.size()));
    }

    static TableDefinition people(IndexDefinition... indexes) {
        return new TableDefinition(
                "people",
                StoreFixture.table("people", List.of("_id"), "_id VARBINARY(1024)", "doc JSON")
                        .columns(),
                List.of("_id"),
                "_id",
                List.of(indexes));
    }

    private static DatabaseSchema schema(long version, IndexDefinition... indexes) {
        return new DatabaseSchema(version, Strategy.HASH, List.of(people(indexes)));
    }

    /** Gives the collection other indexes. */
    void index(IndexDefinition... indexes) throws Exception {
        DatabaseSchema schema = schema(++version, indexes);
        var error = store.apply(List.of(log.command(LoggedCommand.newBuilder()
                        .setDefineSchema(schema.toWire().toBuilder().setRules(3)))))
                .getFirst()
                .error();
        assertThat(error).isNull();
        log = new Entries(schema).at(log.index(), log.millis());
    }

    /** Adds a document without an id, which is not written yet. */
    void add(String json) {
        ObjectValue document = (ObjectValue) DocumentValue.parse(json);
        String stored = document.with(DocumentId.NAME, new IntegerValue(documents.size()))
                .toJson();
        documents.add(DocumentValue.parse(stored));
    }

    /** Writes what was added. */
    void write() throws Exception {
        while (written < documents.size()) {
            int to = Math.min(documents.size(), written + 100);
            List<RowOperation> operations = new ArrayList<>();
            for (; written < to; written++) {
                operations.add(log.row(
                        OperationKind.UPSERT,
                        "people",
                        key(written),
                        text(documents.get(written).toJson())));
            }
            assertThat(store.apply(List.of(log.write(log.request(operations.toArray(RowOperation[]::new)))))
                            .getFirst()
                            .replies())
                    .allSatisfy(
                            reply -> assertThat(reply.getError().getMessage()).isEmpty());
        }
    }

    static Value key(int id) {
        return new Value.Blob(ByteString.copyFrom(DocumentId.bytes(new IntegerValue(id), new Place("_id"))));
    }

    static Filter filter(String json) {
        return Filter.parse(DocumentValue.parse(json), new Place("filter"));
    }

    int size() {
        return documents.size();
    }

    String group() {
        return group;
    }

    ReplicaStore store() {
        return store;
    }

    Entries log() {
        return log;
    }

    private ReadRequest.Builder request(Filter filter, boolean descending) {
        ReadRequest.Builder request = log.range("people", null, null, 0).toBuilder();
        request.getRangeBuilder().setDescending(descending);
        return request.setDocumentFilter(NarrowingText.of(filter));
    }

    private static int id(ByteString row) {
        Row decoded = RowCodec.decode(row);
        ObjectValue document = (ObjectValue) DocumentValue.parse(((Value.Text) decoded.get(1)).value());
        return Math.toIntExact(((IntegerValue) Objects.requireNonNull(document.get(DocumentId.NAME))).value());
    }

    private static List<Integer> ids(ScanChunk chunk) {
        return chunk.getRowsList().stream().map(FilteredCollection::id).toList();
    }

    /** Ids of the rows of all pages. */
    List<Integer> paged(Filter filter, int limit) throws Exception {
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

    /** Ids of the rows of a scan. */
    List<Integer> scanned(Filter filter, boolean descending) throws Exception {
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

    /** Ids of the documents that a filter means, decided in memory. */
    Set<Integer> meant(Filter filter) {
        Set<Integer> meant = new TreeSet<>();
        for (int id = 0; id < documents.size(); id++) {
            if (filter.matches(documents.get(id))) {
                meant.add(id);
            }
        }
        return meant;
    }

    /** Checks that none that is meant is missing. Says how many documents did not travel. */
    int check(String json, boolean scan) throws Exception {
        Filter filter = filter(json);
        List<Integer> given = scan ? scanned(filter, false) : paged(filter, 0);
        assertThat(given).as(json).isSorted().doesNotHaveDuplicates().containsAll(meant(filter));
        return documents.size() - given.size();
    }

    /** Takes it away with its store. */
    void drop() throws Exception {
        store.drop();
        store.close();
    }
}
