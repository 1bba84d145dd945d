package io.shardeddb.router.documents.request;

import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.update.DocumentUpdate;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.DocumentChange;
import io.shardeddb.router.documents.DocumentQueries;
import io.shardeddb.router.documents.stream.PipedDocuments;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests that name documents by a filter, for whatever interface. All blocks, so it belongs on virtual threads; what
 * fails is a {@link DatabaseException}.
 */
@Singleton
public final class DocumentRequests {

    private final DocumentQueries queries;

    DocumentRequests(DocumentQueries queries) {
        this.queries = queries;
    }

    /** Whether the documents are kept in the order that a find asks for. */
    public boolean isByKey(String collection, FindRequest request) {
        return isByKey(collection, request.order());
    }

    private boolean isByKey(String collection, SortOrder order) {
        return queries.collection(collection).isById() && FindRequest.isById(order);
    }

    /** The next documents of a find, about 4 MiB of them at most. */
    public DocumentQueries.Page page(String collection, FindRequest request, DocumentCaller caller) {
        Projection projection = request.shape();
        SortOrder order = request.order();
        DocumentQueries.Page page = isByKey(collection, order)
                ? queries.page(collection, request.byKey(order), caller)
                : queries.page(collection, request.sorted(order), caller);
        List<ObjectValue> documents =
                page.documents().stream().map(projection::apply).toList();
        return new DocumentQueries.Page(documents, page.cursor(), page.severalMoments(), page.session());
    }

    /** All documents of a find within its limit, one after the other. */
    public FoundDocuments stream(String collection, FindRequest request, DocumentCaller caller) {
        Projection projection = request.shape();
        SortOrder order = request.order();
        if (!isByKey(collection, order)) {
            return FoundDocuments.of(queries.whole(collection, request.sorted(order), caller), projection::apply);
        }
        DocumentQueries.Find find = request.byKey(order);
        return FoundDocuments.byKey(collection, find, queries.stream(collection, find, caller), projection::apply);
    }

    /**
     * What a pipeline makes of the documents of a collection.
     *
     * @param sent the stages, with the order of their members; absent: the request has none
     */
    public DocumentQueries.Piped aggregate(String collection, @Nullable Object sent, DocumentCaller caller) {
        return queries.pipe(collection, pipeline(sent), caller);
    }

    /** The same, made as it is taken. */
    public PipedDocuments piped(String collection, @Nullable Object sent, DocumentCaller caller) {
        Pipeline pipeline = pipeline(sent);
        DocumentQueries.Find all = new DocumentQueries.Find(pipeline.filter(), "", false, 0, 0, null);
        return new PipedDocuments(queries.stream(collection, all, caller), pipeline);
    }

    private static Pipeline pipeline(@Nullable Object sent) {
        if (sent == null) {
            throw missing("pipeline");
        }
        return Pipeline.parse(sent, new Place("pipeline"));
    }

    /** How many documents are meant. */
    public long count(String collection, @Nullable DocumentValue filter, DocumentCaller caller) {
        return queries.count(collection, FindRequest.parsed(filter), caller);
    }

    /** The different values at a path, in their order. */
    public List<DocumentValue> distinct(
            String collection, @Nullable String path, @Nullable DocumentValue filter, DocumentCaller caller) {
        if (path == null || path.isEmpty()) {
            throw missing("path");
        }
        return queries.distinct(collection, path(path), FindRequest.parsed(filter), caller);
    }

    private static DocumentPath path(String text) {
        try {
            return DocumentPath.of(text);
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "'path': " + e.getMessage(), Map.of("field", "path"));
        }
    }

    /** Changes documents, or inserts one. */
    public DocumentChange.Result update(String collection, UpdateRequest request, DocumentCaller caller) {
        DocumentValue filter = request.filter();
        DocumentUpdate update = DocumentUpdate.parse(
                request.update(),
                filter == null ? ObjectValue.EMPTY : filter,
                request.arrayFilters(),
                queries.collection(collection).shardKey());
        if (request.many() && update.replaces()) {
            throw new Place("update")
                    .refuse(ErrorCode.INVALID_UPDATE, "a document replaces one other alone: leave 'many' out");
        }
        requireOneShown(request.shown(), request.many());
        if (request.upsert() && request.many() && caller.id() != null) {
            throw wrong(
                    "upsert",
                    "with 'many' needs a request without a Request-Id: a repeat would change the new document");
        }
        DocumentChange.Insertion insertion = request.upsert() ? id -> update.insert(() -> id) : null;
        DocumentChange change = new DocumentChange(
                FindRequest.parsed(filter), document -> update.apply(document).orElse(document), insertion, List.of());
        return changed(collection, change, request.many(), caller);
    }

    /** Removes documents. */
    public DocumentChange.Result remove(
            String collection, @Nullable DocumentValue filter, boolean many, Shown shown, DocumentCaller caller) {
        requireOneShown(shown, many);
        DocumentChange removal = new DocumentChange(FindRequest.parsed(filter), document -> null, null, List.of());
        return changed(collection, removal, many, caller);
    }

    private DocumentChange.Result changed(
            String collection, DocumentChange change, boolean many, DocumentCaller caller) {
        return many ? queries.changeAll(collection, change, caller) : queries.changeFirst(collection, change, caller);
    }

    /** The document that an answer shows; absent: it shows none, or there was none. */
    public static @Nullable ObjectValue shown(DocumentChange.Result result, Shown shown) {
        return switch (shown) {
            case NONE -> null;
            case BEFORE -> result.before();
            case AFTER -> result.after();
        };
    }

    private static void requireOneShown(Shown shown, boolean many) {
        if (shown != Shown.NONE && many) {
            throw wrong("many", "must be left out where the answer is to show a document");
        }
    }

    private static DatabaseException missing(String field) {
        return wrong(field, "is missing");
    }

    private static DatabaseException wrong(String field, String how) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, "'" + field + "' " + how, Map.of("field", field));
    }
}
