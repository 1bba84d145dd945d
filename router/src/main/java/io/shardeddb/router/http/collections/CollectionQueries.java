package io.shardeddb.router.http.collections;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.pipeline.Pipeline;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.update.DocumentUpdate;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.DocumentChange;
import io.shardeddb.router.documents.DocumentQueries;
import io.shardeddb.router.http.direct.DirectAnswer;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests that name documents by a filter. */
@Singleton
final class CollectionQueries {

    private static final int USUAL_LIMIT = 100;
    private static final int MOST_LIMIT = 1_000;

    private static final Spot SORT = Spot.of(ErrorCode.INVALID_SORT, "sort");
    private static final Spot PROJECTION = Spot.of(ErrorCode.INVALID_PROJECTION, "projection");

    private final DocumentQueries queries;

    CollectionQueries(DocumentQueries queries) {
        this.queries = queries;
    }

    /** The answer to a POST of one of these shapes. */
    DirectAnswer answer(CollectionTarget.Shape shape, String collection, byte[] body, DocumentCaller caller) {
        return switch (shape) {
            case FIND -> find(collection, body, caller);
            case COUNT -> count(collection, body, caller);
            case DISTINCT -> distinct(collection, body, caller);
            case DELETE -> delete(collection, body, caller);
            case UPDATE -> update(collection, body, caller);
            case AGGREGATE -> aggregate(collection, body, caller);
            default -> throw new IllegalStateException(shape + " names no documents by a filter");
        };
    }

    private static Filter filter(ObjectValue body) {
        DocumentValue filter = body.get("filter");
        return filter == null ? Filter.everything() : Filter.parse(filter, new Place("filter"));
    }

    private DirectAnswer find(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked =
                DocumentBodies.members(body, Set.of("filter", "projection", "sort", "skip", "limit", "cursor"));
        DocumentValue shape = asked.get("projection");
        Projection projection = shape == null ? Projection.EVERYTHING : Projection.parse(shape, PROJECTION);
        DocumentQueries.Page page = page(collection, asked, DocumentBodies.sent(body, "sort"), caller);
        List<ObjectValue> documents =
                page.documents().stream().map(projection::apply).toList();
        return CollectionAnswers.documents(documents, page.cursor(), page.severalMoments())
                .with(page.session().text());
    }

    private DocumentQueries.Page page(
            String collection, ObjectValue asked, @Nullable Object sort, DocumentCaller caller) {
        SortOrder order = sort == null ? SortOrder.BY_ID : SortOrder.parse(sort, SORT);
        String request = asked.get("filter") + "\n" + order;
        long skip = DocumentBodies.number(asked, "skip", 0, 0, Long.MAX_VALUE);
        int limit = (int) DocumentBodies.number(asked, "limit", USUAL_LIMIT, 1, MOST_LIMIT);
        String cursor = DocumentBodies.text(asked, "cursor", Set.of());
        Filter filter = filter(asked);
        boolean byKey = queries.collection(collection).isById() && isById(order);
        return byKey
                ? queries.page(
                        collection,
                        new DocumentQueries.Find(filter, request, isDown(order), skip, limit, cursor),
                        caller)
                : queries.page(
                        collection, new DocumentQueries.Sorted(filter, request, order, skip, limit, cursor), caller);
    }

    /** Documents are kept in the order of their ids, so this order needs no memory. */
    private static boolean isById(SortOrder order) {
        return order.parts().isEmpty() || order.parts().getFirst().names().equals(List.of(DocumentId.NAME));
    }

    private static boolean isDown(SortOrder order) {
        return !order.parts().isEmpty() && order.parts().getFirst().down();
    }

    private DirectAnswer aggregate(String collection, byte[] body, DocumentCaller caller) {
        DocumentBodies.members(body, Set.of("pipeline"));
        Object sent = DocumentBodies.sent(body, "pipeline");
        if (sent == null) {
            throw DocumentBodies.wrong("pipeline", "is missing");
        }
        DocumentQueries.Piped piped = queries.pipe(collection, Pipeline.parse(sent, new Place("pipeline")), caller);
        return CollectionAnswers.documents(piped.documents(), null, piped.severalMoments())
                .with(piped.session().text());
    }

    private DirectAnswer update(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked =
                DocumentBodies.members(body, Set.of("filter", "update", "arrayFilters", "many", "upsert", "return"));
        DocumentValue wanted = asked.get("update");
        if (wanted == null) {
            throw DocumentBodies.wrong("update", "is missing");
        }
        DocumentValue filter = asked.get("filter");
        boolean many = DocumentBodies.flag(asked, "many");
        DocumentUpdate update = DocumentUpdate.parse(
                wanted,
                filter == null ? ObjectValue.EMPTY : filter,
                arrayFilters(asked),
                queries.collection(collection).shardKey());
        if (many && update.replaces()) {
            throw new Place("update")
                    .refuse(ErrorCode.INVALID_UPDATE, "a document replaces one other alone: leave 'many' out");
        }
        String shown = shown(asked, many, Set.of("before", "after"));
        boolean upsert = DocumentBodies.flag(asked, "upsert");
        if (upsert && many && caller.id() != null) {
            throw DocumentBodies.wrong(
                    "upsert",
                    "with 'many' needs a request without a Request-Id: a repeat would change the new document");
        }
        DocumentChange.Insertion insertion = upsert ? id -> update.insert(() -> id) : null;
        DocumentChange change = new DocumentChange(
                filter(asked), document -> update.apply(document).orElse(document), insertion, List.of());
        return CollectionAnswers.changed(
                many ? queries.changeAll(collection, change, caller) : queries.changeFirst(collection, change, caller),
                false,
                shown);
    }

    private static List<DocumentValue> arrayFilters(ObjectValue asked) {
        return switch (asked.get("arrayFilters")) {
            case null -> List.of();
            case DocumentValue.ArrayValue(List<DocumentValue> filters) -> filters;
            case DocumentValue other ->
                throw DocumentBodies.wrong("arrayFilters", "must be an array, not " + other.typeInWords());
        };
    }

    private DirectAnswer count(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("filter"));
        long count = queries.count(collection, filter(asked), caller);
        return CollectionAnswers.ok(json -> json.writeNumberField("count", count));
    }

    private DirectAnswer distinct(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("path", "filter"));
        String path = DocumentBodies.text(asked, "path", Set.of());
        if (path == null || path.isEmpty()) {
            throw DocumentBodies.wrong("path", "is missing");
        }
        List<DocumentValue> values = queries.distinct(collection, path(path), filter(asked), caller);
        return CollectionAnswers.ok(json -> {
            json.writeFieldName("values");
            json.writeRawValue(new DocumentValue.ArrayValue(values).toJson());
            json.writeNumberField("count", values.size());
        });
    }

    private static DocumentPath path(String text) {
        try {
            return DocumentPath.of(text);
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "'path': " + e.getMessage());
        }
    }

    private DirectAnswer delete(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("filter", "many", "return"));
        boolean many = DocumentBodies.flag(asked, "many");
        String shown = shown(asked, many, Set.of("before"));
        DocumentChange removal = new DocumentChange(filter(asked), document -> null, null, List.of());
        return CollectionAnswers.changed(
                many
                        ? queries.changeAll(collection, removal, caller)
                        : queries.changeFirst(collection, removal, caller),
                true,
                shown);
    }

    private static String shown(ObjectValue asked, boolean many, Set<String> allowed) {
        String shown = DocumentBodies.text(asked, "return", allowed);
        if (shown != null && many) {
            throw DocumentBodies.wrong("return", "is for a change of one document, without 'many'");
        }
        return shown == null ? "" : shown;
    }
}
