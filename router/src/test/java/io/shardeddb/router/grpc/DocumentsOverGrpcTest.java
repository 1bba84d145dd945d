package io.shardeddb.router.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.protocol.wire.api.v1.AggregateDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.AggregateDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.Collection;
import io.shardeddb.protocol.wire.api.v1.CountDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.DeleteByIdRequest;
import io.shardeddb.protocol.wire.api.v1.DeleteDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.DeleteDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.DistinctValuesReply;
import io.shardeddb.protocol.wire.api.v1.DistinctValuesRequest;
import io.shardeddb.protocol.wire.api.v1.DocumentsEnd;
import io.shardeddb.protocol.wire.api.v1.DocumentsGrpc;
import io.shardeddb.protocol.wire.api.v1.FindDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.FindDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.GetDocumentReply;
import io.shardeddb.protocol.wire.api.v1.GetDocumentRequest;
import io.shardeddb.protocol.wire.api.v1.InsertDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.InsertDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.ListCollectionsRequest;
import io.shardeddb.protocol.wire.api.v1.ReadOptions;
import io.shardeddb.protocol.wire.api.v1.ReplaceDocumentReply;
import io.shardeddb.protocol.wire.api.v1.ReplaceDocumentRequest;
import io.shardeddb.protocol.wire.api.v1.Shown;
import io.shardeddb.protocol.wire.api.v1.UpdateDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.UpdateDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.VersionCondition;
import io.shardeddb.protocol.wire.api.v1.WriteOptions;
import io.shardeddb.router.fake.FakeCluster;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents over the gRPC API, as clients meet them. */
class DocumentsOverGrpcTest {

    private static final FakeCluster CLUSTER = FakeCluster.documents("people", 4);
    private static final GrpcUnderTest ROUTER = GrpcUnderTest.before(CLUSTER);
    private static final long BEYOND_DOUBLES = (1L << 60) + 1;

    private final DocumentsGrpc.DocumentsBlockingStub documents =
            DocumentsGrpc.newBlockingStub(ROUTER.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);

    @BeforeEach
    void emptyTheCluster() {
        CLUSTER.reset();
    }

    @AfterAll
    static void stop() {
        ROUTER.close();
        CLUSTER.close();
    }

    private InsertDocumentsReply insert(String... jsons) {
        return documents.insert(InsertDocumentsRequest.newBuilder()
                .setCollection("people")
                .addAllDocuments(List.of(jsons))
                .build());
    }

    private void numbers(int count) {
        var _ = insert(IntStream.range(0, count)
                .mapToObj(i -> "{\"_id\":" + i + ",\"even\":" + (i % 2 == 0) + "}")
                .toArray(String[]::new));
    }

    private static GetDocumentRequest get(String id) {
        return GetDocumentRequest.newBuilder().setCollection("people").setId(id).build();
    }

    private static FindDocumentsRequest.Builder find(String filter) {
        return FindDocumentsRequest.newBuilder().setCollection("people").setFilter(filter);
    }

    private static VersionCondition version(long version) {
        return VersionCondition.newBuilder().setVersion(version).build();
    }

    private record Found(List<String> documents, DocumentsEnd end, int messages) {}

    private Found found(FindDocumentsRequest request) {
        List<String> found = new ArrayList<>();
        DocumentsEnd end = DocumentsEnd.getDefaultInstance();
        int messages = 0;
        for (Iterator<FindDocumentsReply> replies = documents.find(request); replies.hasNext(); messages++) {
            FindDocumentsReply reply = replies.next();
            found.addAll(reply.getDocumentsList());
            end = reply.getEnd();
        }
        return new Found(found, end, messages);
    }

    @Test
    void aDocumentIsInsertedReadReplacedAndRemovedWithItsNumbersExact() {
        String ada = "{\"_id\":\"ada\",\"large\":" + BEYOND_DOUBLES + ",\"whole\":2.0}";
        InsertDocumentsReply inserted = insert(ada);
        assertThat(inserted.getIdsList()).containsExactly("\"ada\"");
        GetDocumentReply read = documents.get(get("\"ada\"").toBuilder()
                .setOptions(ReadOptions.newBuilder().setSessionToken(inserted.getSessionToken()))
                .build());
        assertThat(read.getDocument()).contains(Long.toString(BEYOND_DOUBLES)).contains("\"whole\":2.0");
        assertThat(read.getVersion()).isEqualTo(inserted.getTimestamp());
        assertThat(documents
                        .get(get("\"ada\"").toBuilder()
                                .setKnownVersion(read.getVersion())
                                .build())
                        .getDocument())
                .isEmpty();

        ReplaceDocumentRequest.Builder replace = ReplaceDocumentRequest.newBuilder()
                .setCollection("people")
                .setId("\"ada\"")
                .setDocument("{\"a\":1}");
        assertThat(Failures.codes(
                        () -> documents.replace(replace.setCondition(version(3)).build())))
                .isEqualTo("FAILED_PRECONDITION CONDITION_FAILED");
        ReplaceDocumentReply replaced = documents.replace(
                replace.setCondition(version(read.getVersion())).build());
        assertThat(replaced.getVersion()).isGreaterThan(read.getVersion());
        assertThat(documents.get(get("\"ada\"")).getDocument()).isEqualTo("{\"_id\":\"ada\",\"a\":1}");

        DeleteByIdRequest delete = DeleteByIdRequest.newBuilder()
                .setCollection("people")
                .setId("\"ada\"")
                .build();
        assertThat(documents.deleteById(delete).getTimestamp()).isPositive();
        assertThat(Failures.codes(() -> documents.deleteById(delete))).isEqualTo("NOT_FOUND DOCUMENT_NOT_FOUND");
        assertThat(Failures.codes(() -> documents.get(get("\"ada\"")))).isEqualTo("NOT_FOUND DOCUMENT_NOT_FOUND");
    }

    @Test
    void aFindStreamsAllDocumentsOrLeadsOnToThem() {
        numbers(30);
        Found all = found(find("").build());
        assertThat(all.documents()).hasSize(30);
        assertThat(all.end().getCount()).isEqualTo(30);
        assertThat(all.end().getCursor()).isEmpty();
        FindDocumentsRequest.Builder even = find("{\"even\":true}").setSkip(1).setLimit(10);
        Found first = found(even.build());
        assertThat(first.documents()).hasSize(10);
        Found rest = found(even.setCursor(first.end().getCursor()).build());
        assertThat(rest.documents()).hasSize(4);
        assertThat(rest.end().getCursor()).isEmpty();
        assertThat(rest.documents()).doesNotContainAnyElementsOf(first.documents());
        Found sorted = found(find("{\"_id\":{\"$gt\":3}}")
                .setSort("{\"even\":1,\"_id\":-1}")
                .setProjection("{\"_id\":1}")
                .setLimit(2)
                .build());
        assertThat(sorted.documents()).containsExactly("{\"_id\":29}", "{\"_id\":27}");
        assertThat(sorted.end().getCursor()).isNotEmpty();
    }

    @Test
    void longAnswersComeInSeveralMessages() {
        for (int i = 0; i < 5; i++) {
            var _ = insert("{\"_id\":" + i + ",\"text\":\"" + "x".repeat(30_000) + "\"}");
        }
        Found found = found(find("").build());
        assertThat(found.documents()).hasSize(5);
        assertThat(found.messages()).isGreaterThan(1);
    }

    @Test
    void documentsAreUpdatedAndRemovedByFilters() {
        numbers(4);
        UpdateDocumentsReply one = documents.update(UpdateDocumentsRequest.newBuilder()
                .setCollection("people")
                .setFilter("{\"_id\":2}")
                .setUpdate("{\"$inc\":{\"n\":1}}")
                .setShown(Shown.SHOWN_AFTER)
                .build());
        assertThat(one.getModified()).isEqualTo(1);
        assertThat(one.getDocument()).isEqualTo("{\"_id\":2,\"even\":true,\"n\":1}");
        UpdateDocumentsReply upserted = documents.update(UpdateDocumentsRequest.newBuilder()
                .setCollection("people")
                .setFilter("{\"_id\":\"new\"}")
                .setUpdate("{\"$set\":{\"a\":[1,2]}}")
                .setUpsert(true)
                .build());
        assertThat(upserted.getUpsertedId()).isEqualTo("\"new\"");
        UpdateDocumentsReply many = documents.update(UpdateDocumentsRequest.newBuilder()
                .setCollection("people")
                .setFilter("{\"even\":{\"$exists\":true}}")
                .setUpdate("{\"$set\":{\"b\":1}}")
                .setMany(true)
                .build());
        assertThat(many.getModified()).isEqualTo(4);
        DeleteDocumentsReply gone = documents.delete(DeleteDocumentsRequest.newBuilder()
                .setCollection("people")
                .setFilter("{\"_id\":2}")
                .setShown(Shown.SHOWN_BEFORE)
                .build());
        assertThat(gone.getDeleted()).isEqualTo(1);
        assertThat(gone.getDocument()).contains("\"b\":1");
    }

    @Test
    void documentsAreCountedAndSummedUp() {
        numbers(6);
        assertThat(documents
                        .count(CountDocumentsRequest.newBuilder()
                                .setCollection("people")
                                .setFilter("{\"even\":true}")
                                .build())
                        .getCount())
                .isEqualTo(3);
        DistinctValuesReply distinct = documents
                .distinct(DistinctValuesRequest.newBuilder()
                        .setCollection("people")
                        .setPath("even")
                        .build())
                .next();
        assertThat(distinct.getValuesList()).containsExactly("false", "true");
        assertThat(distinct.getEnd().getCount()).isEqualTo(2);
        AggregateDocumentsReply grouped = documents
                .aggregate(AggregateDocumentsRequest.newBuilder()
                        .setCollection("people")
                        .setPipeline("[{\"$match\":{\"_id\":{\"$gt\":0}}},{\"$count\":\"all\"}]")
                        .build())
                .next();
        assertThat(grouped.getDocumentsList()).containsExactly("{\"all\":5}");
        assertThat(documents
                        .listCollections(ListCollectionsRequest.getDefaultInstance())
                        .getCollectionsList())
                .extracting(Collection::getName)
                .containsExactly("people");
    }

    @Test
    void theSameRequestIdInsertsOnceAndKnowsAnotherContent() {
        InsertDocumentsRequest once = InsertDocumentsRequest.newBuilder()
                .setCollection("people")
                .addDocuments("{\"a\":1}")
                .setOptions(WriteOptions.newBuilder().setRequestId("me/1/" + System.currentTimeMillis()))
                .build();
        InsertDocumentsReply first = documents.insert(once);
        assertThat(documents.insert(once).getIdsList()).isEqualTo(first.getIdsList());
        assertThat(Failures.codes(() -> documents.insert(
                        once.toBuilder().setDocuments(0, "{\"a\":2}").build())))
                .isEqualTo("FAILED_PRECONDITION REQUEST_CHANGED");
        assertThat(found(find("").build()).documents()).hasSize(1);
    }

    @Test
    void whatIsWrongIsRefusedWithItsPlaceAndNothingIsChanged() {
        assertThat(Failures.codes(() -> insert("{\"a\":"))).isEqualTo("INVALID_ARGUMENT MALFORMED_JSON");
        assertThat(Failures.info(Failures.of(() -> insert("{}", "{\"a\":"))).getMetadataMap())
                .containsEntry("field", "documents.1");
        assertThat(Failures.codes(() -> insert("[1]"))).isEqualTo("INVALID_ARGUMENT INVALID_DOCUMENT");
        assertThat(Failures.codes(() -> insert("{\"_id\":1}", "{\"_id\":1}")))
                .isEqualTo("ALREADY_EXISTS DUPLICATE_KEY");
        assertThat(Failures.codes(() -> insert("{\"a\":\"" + "x".repeat(1 << 20) + "\"}")))
                .isEqualTo("INVALID_ARGUMENT TOO_LARGE");
        assertThat(Failures.codes(() -> documents.get(get("")))).isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> documents.get(get("1").toBuilder()
                        .setCondition(VersionCondition.getDefaultInstance())
                        .build())))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> found(find("{\"a\":{\"$near\":1}}").build())))
                .isEqualTo("INVALID_ARGUMENT INVALID_FILTER");
        assertThat(Failures.codes(() -> found(find("").setCursor("abc").build())))
                .isEqualTo("INVALID_ARGUMENT INVALID_CURSOR");
        assertThat(Failures.codes(() -> found(find("").setSort("{\"a\":2}").build())))
                .isEqualTo("INVALID_ARGUMENT INVALID_SORT");
        UpdateDocumentsRequest.Builder update =
                UpdateDocumentsRequest.newBuilder().setCollection("people").setMany(true);
        assertThat(Failures.codes(() -> documents.update(
                        update.setUpdate("{\"$grow\":{\"a\":1}}").build())))
                .isEqualTo("INVALID_ARGUMENT INVALID_UPDATE");
        assertThat(Failures.codes(() -> documents.update(update.setUpdate("{\"$set\":{\"a\":1}}")
                        .setShown(Shown.SHOWN_AFTER)
                        .build())))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> documents.delete(DeleteDocumentsRequest.newBuilder()
                        .setCollection("people")
                        .setShown(Shown.SHOWN_AFTER)
                        .build())))
                .isEqualTo("INVALID_ARGUMENT MALFORMED_REQUEST");
        assertThat(Failures.codes(() -> documents.count(CountDocumentsRequest.newBuilder()
                        .setCollection("nobody")
                        .build())))
                .isEqualTo("NOT_FOUND COLLECTION_NOT_FOUND");
        assertThat(found(find("").build()).documents()).isEmpty();
    }

    @Test
    void aChangeGivesUpBeforeItsClientDoes() {
        for (int shard = 0; shard < 4; shard++) {
            CLUSTER.group(shard).loseLeader();
        }
        UpdateDocumentsRequest update = UpdateDocumentsRequest.newBuilder()
                .setCollection("people")
                .setFilter("{\"_id\":1}")
                .setUpdate("{\"$set\":{\"a\":1}}")
                .build();
        assertThat(Failures.codes(
                        () -> documents.withDeadlineAfter(1, TimeUnit.SECONDS).update(update)))
                .startsWith("DEADLINE_EXCEEDED ");
    }
}
