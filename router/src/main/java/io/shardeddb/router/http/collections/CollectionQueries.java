package io.shardeddb.router.http.collections;

import io.shardeddb.documents.filter.Filter;
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
            default -> throw new IllegalStateException(shape + " names no documents by a filter");
        };
    }

    private static Filter filter(ObjectValue body) {
        DocumentValue filter = body.get("filter");
        return filter == null ? Filter.everything() : Filter.parse(filter, new Place("filter"));
    }

    private DirectAnswer find(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("filter", "sort", "skip", "limit", "cursor"));
        DocumentQueries.Page page = queries.page(collection, find(asked), caller);
        return CollectionAnswers.ok(json -> {
                    json.writeArrayFieldStart("documents");
                    for (ObjectValue document : page.documents()) {
                        json.writeRawValue(document.toJson());
                    }
                    json.writeEndArray();
                    json.writeNumberField("count", page.documents().size());
                    String cursor = page.cursor();
                    if (cursor != null) {
                        json.writeStringField("cursor", cursor);
                    }
                    if (page.severalMoments()) {
                        json.writeBooleanField("severalMoments", true);
                    }
                    json.writeBooleanField("complete", true);
                })
                .with(page.session().text());
    }

    private static DocumentQueries.Find find(ObjectValue asked) {
        ObjectValue filter = DocumentBodies.object(asked, "filter");
        boolean descending = descending(asked.get("sort"));
        return new DocumentQueries.Find(
                filter(asked),
                filter.toJson() + "\n" + descending,
                descending,
                DocumentBodies.number(asked, "skip", 0, 0, Long.MAX_VALUE),
                DocumentBodies.number(asked, "limit", USUAL_LIMIT, 1, MOST_LIMIT),
                DocumentBodies.text(asked, "cursor", Set.of()));
    }

    private static boolean descending(@Nullable DocumentValue sort) {
        if (sort == null || sort.equals(ObjectValue.EMPTY)) {
            return false;
        }
        if (sort instanceof ObjectValue object && object.members().size() == 1) {
            DocumentValue direction = object.get("_id");
            if (direction instanceof DocumentValue.IntegerValue(long number) && Math.abs(number) == 1) {
                return number < 0;
            }
        }
        throw new Place("sort").refuse(ErrorCode.INVALID_SORT, "{\"_id\": 1} or {\"_id\": -1} is needed");
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
