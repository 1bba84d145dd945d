package io.shardeddb.router.grpc.documents;

import io.grpc.stub.StreamObserver;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.protocol.wire.api.v1.AggregateDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.AggregateDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.Collection;
import io.shardeddb.protocol.wire.api.v1.CountDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.CountDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.DeleteByIdReply;
import io.shardeddb.protocol.wire.api.v1.DeleteByIdRequest;
import io.shardeddb.protocol.wire.api.v1.DeleteDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.DeleteDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.DistinctValuesReply;
import io.shardeddb.protocol.wire.api.v1.DistinctValuesRequest;
import io.shardeddb.protocol.wire.api.v1.DocumentsGrpc;
import io.shardeddb.protocol.wire.api.v1.FindDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.FindDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.GetDocumentReply;
import io.shardeddb.protocol.wire.api.v1.GetDocumentRequest;
import io.shardeddb.protocol.wire.api.v1.InsertDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.InsertDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.ListCollectionsReply;
import io.shardeddb.protocol.wire.api.v1.ListCollectionsRequest;
import io.shardeddb.protocol.wire.api.v1.ReplaceDocumentReply;
import io.shardeddb.protocol.wire.api.v1.ReplaceDocumentRequest;
import io.shardeddb.protocol.wire.api.v1.UpdateDocumentsReply;
import io.shardeddb.protocol.wire.api.v1.UpdateDocumentsRequest;
import io.shardeddb.router.documents.CollectionService;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.DocumentChange;
import io.shardeddb.router.documents.DocumentCollection;
import io.shardeddb.router.documents.DocumentQueries;
import io.shardeddb.router.documents.StoredDocument;
import io.shardeddb.router.documents.request.DocumentRequests;
import io.shardeddb.router.documents.request.FoundDocuments;
import io.shardeddb.router.documents.request.Shown;
import io.shardeddb.router.documents.request.UpdateRequest;
import io.shardeddb.router.grpc.Calls;
import io.shardeddb.router.grpc.Chunks;
import io.shardeddb.router.grpc.PacedSender;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Documents over gRPC, by the same requests as over HTTP. Each call has a virtual thread, which blocks. */
@Singleton
final class DocumentsService extends DocumentsGrpc.DocumentsImplBase {

    private final CollectionService collections;
    private final DocumentRequests requests;

    DocumentsService(CollectionService collections, DocumentRequests requests) {
        this.collections = collections;
        this.requests = requests;
    }

    /** Work that blocks. */
    private static <T> void answer(StreamObserver<T> client, Function<@Nullable Long, T> work) {
        Calls.answer(client, until -> CompletableFuture.completedFuture(work.apply(until)));
    }

    @Override
    public void listCollections(ListCollectionsRequest request, StreamObserver<ListCollectionsReply> client) {
        answer(client, until -> {
            ListCollectionsReply.Builder reply = ListCollectionsReply.newBuilder();
            for (DocumentCollection each : collections.collections()) {
                DocumentPath path = each.shardKey();
                reply.addCollections(
                        Collection.newBuilder().setName(each.name()).setShardKey(path == null ? "" : path.text()));
            }
            return reply.build();
        });
    }

    @Override
    public void insert(InsertDocumentsRequest request, StreamObserver<InsertDocumentsReply> client) {
        answer(client, until -> {
            DocumentCaller caller = DocumentMessages.writer(
                    request.getOptions(),
                    until,
                    "Insert",
                    request.toBuilder().clearOptions().build());
            CollectionService.Inserted inserted =
                    collections.insert(request.getCollection(), DocumentMessages.documents(request), caller);
            InsertDocumentsReply.Builder reply = InsertDocumentsReply.newBuilder()
                    .setTimestamp(inserted.timestamp())
                    .setSessionToken(inserted.session().text());
            inserted.ids().forEach(id -> reply.addIds(id.toJson()));
            return reply.build();
        });
    }

    @Override
    public void get(GetDocumentRequest request, StreamObserver<GetDocumentReply> client) {
        answer(client, until -> {
            CollectionService.Present present = collections.get(
                    request.getCollection(),
                    DocumentMessages.value(request.getIdBytes(), "id"),
                    DocumentMessages.conditions(request.hasCondition(), request.getCondition()),
                    DocumentMessages.reader(request.getOptions(), until));
            StoredDocument stored = present.document();
            boolean known = stored.version() != 0 && stored.version() == request.getKnownVersion();
            return GetDocumentReply.newBuilder()
                    .setDocument(known ? "" : stored.document().toJson())
                    .setVersion(stored.version())
                    .setSessionToken(present.session().text())
                    .build();
        });
    }

    @Override
    public void find(FindDocumentsRequest request, StreamObserver<FindDocumentsReply> client) {
        PacedSender.start(client, (to, until) -> {
            DocumentCaller caller = DocumentMessages.reader(request.getOptions(), until);
            Chunks<String, FindDocumentsReply> chunks = new Chunks<>(
                    to,
                    texts -> FindDocumentsReply.newBuilder()
                            .addAllDocuments(texts)
                            .build());
            try (FoundDocuments found =
                    requests.stream(request.getCollection(), DocumentMessages.find(request), caller)) {
                to.from(found);
                if (send(found, chunks)) {
                    var _ = to.send(FindDocumentsReply.newBuilder()
                            .addAllDocuments(chunks.rest())
                            .setEnd(DocumentMessages.end(chunks.count(), found.end()))
                            .build());
                }
            }
        });
    }

    private static boolean send(Iterator<? extends DocumentValue> values, Chunks<String, ?> chunks)
            throws InterruptedException {
        while (values.hasNext()) {
            String text = values.next().toJson();
            if (!chunks.add(text, text.length())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void replace(ReplaceDocumentRequest request, StreamObserver<ReplaceDocumentReply> client) {
        answer(client, until -> {
            CollectionService.Written written = collections.put(
                    request.getCollection(),
                    DocumentMessages.value(request.getIdBytes(), "id"),
                    DocumentMessages.document(request.getDocumentBytes()),
                    DocumentMessages.conditions(request.hasCondition(), request.getCondition()),
                    DocumentMessages.writer(
                            request.getOptions(),
                            until,
                            "Replace",
                            request.toBuilder().clearOptions().build()));
            return ReplaceDocumentReply.newBuilder()
                    .setVersion(written.version())
                    .setSessionToken(written.session().text())
                    .build();
        });
    }

    @Override
    public void deleteById(DeleteByIdRequest request, StreamObserver<DeleteByIdReply> client) {
        answer(client, until -> {
            CollectionService.Written written = collections.remove(
                    request.getCollection(),
                    DocumentMessages.value(request.getIdBytes(), "id"),
                    DocumentMessages.conditions(request.hasCondition(), request.getCondition()),
                    DocumentMessages.writer(
                            request.getOptions(),
                            until,
                            "DeleteById",
                            request.toBuilder().clearOptions().build()));
            return DeleteByIdReply.newBuilder()
                    .setTimestamp(written.timestamp())
                    .setSessionToken(written.session().text())
                    .build();
        });
    }

    @Override
    public void update(UpdateDocumentsRequest request, StreamObserver<UpdateDocumentsReply> client) {
        answer(client, until -> {
            UpdateRequest update = DocumentMessages.update(request);
            DocumentCaller caller = DocumentMessages.writer(
                    request.getOptions(),
                    until,
                    "Update",
                    request.toBuilder().clearOptions().build());
            DocumentChange.Result result = requests.update(request.getCollection(), update, caller);
            return UpdateDocumentsReply.newBuilder()
                    .setMatched(result.matched())
                    .setModified(result.modified())
                    .setUpsertedId(DocumentMessages.text(result.upsertedId()))
                    .setDocument(DocumentMessages.text(DocumentRequests.shown(result, update.shown())))
                    .setRepeated(result.repeated())
                    .setTimestamp(result.timestamp())
                    .setSessionToken(result.session().text())
                    .build();
        });
    }

    @Override
    public void delete(DeleteDocumentsRequest request, StreamObserver<DeleteDocumentsReply> client) {
        answer(client, until -> {
            Shown shown = DocumentMessages.shown(request.getShown(), false);
            DocumentCaller caller = DocumentMessages.writer(
                    request.getOptions(),
                    until,
                    "Delete",
                    request.toBuilder().clearOptions().build());
            DocumentChange.Result result = requests.remove(
                    request.getCollection(),
                    DocumentMessages.optional(request.getFilterBytes(), "filter"),
                    request.getMany(),
                    shown,
                    caller);
            return DeleteDocumentsReply.newBuilder()
                    .setDeleted(result.modified())
                    .setDocument(DocumentMessages.text(DocumentRequests.shown(result, shown)))
                    .setRepeated(result.repeated())
                    .setTimestamp(result.timestamp())
                    .setSessionToken(result.session().text())
                    .build();
        });
    }

    @Override
    public void count(CountDocumentsRequest request, StreamObserver<CountDocumentsReply> client) {
        answer(
                client,
                until -> CountDocumentsReply.newBuilder()
                        .setCount(requests.count(
                                request.getCollection(),
                                DocumentMessages.optional(request.getFilterBytes(), "filter"),
                                DocumentMessages.reader(request.getOptions(), until)))
                        .build());
    }

    @Override
    public void distinct(DistinctValuesRequest request, StreamObserver<DistinctValuesReply> client) {
        PacedSender.start(client, (to, until) -> {
            DocumentCaller caller = DocumentMessages.reader(request.getOptions(), until);
            List<DocumentValue> values = requests.distinct(
                    request.getCollection(),
                    request.getPath(),
                    DocumentMessages.optional(request.getFilterBytes(), "filter"),
                    caller);
            Chunks<String, DistinctValuesReply> chunks = new Chunks<>(
                    to,
                    texts ->
                            DistinctValuesReply.newBuilder().addAllValues(texts).build());
            if (send(values.iterator(), chunks)) {
                var _ = to.send(DistinctValuesReply.newBuilder()
                        .addAllValues(chunks.rest())
                        .setEnd(DocumentMessages.end(chunks.count(), false, caller.session()))
                        .build());
            }
        });
    }

    @Override
    public void aggregate(AggregateDocumentsRequest request, StreamObserver<AggregateDocumentsReply> client) {
        PacedSender.start(client, (to, until) -> {
            DocumentQueries.Piped piped = requests.aggregate(
                    request.getCollection(),
                    DocumentMessages.sent(request.getPipelineBytes(), "pipeline"),
                    DocumentMessages.reader(request.getOptions(), until));
            Chunks<String, AggregateDocumentsReply> chunks = new Chunks<>(
                    to,
                    texts -> AggregateDocumentsReply.newBuilder()
                            .addAllDocuments(texts)
                            .build());
            Iterator<ObjectValue> documents = piped.documents().iterator();
            if (send(documents, chunks)) {
                var _ = to.send(AggregateDocumentsReply.newBuilder()
                        .addAllDocuments(chunks.rest())
                        .setEnd(DocumentMessages.end(chunks.count(), piped.severalMoments(), piped.session()))
                        .build());
            }
        });
    }
}
