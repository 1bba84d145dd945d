package io.shardeddb.router.http.collections;

import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.DocumentQueries;
import io.shardeddb.router.documents.request.DocumentRequests;
import io.shardeddb.router.documents.request.FindRequest;
import io.shardeddb.router.documents.request.FoundDocuments;
import io.shardeddb.router.documents.request.Shown;
import io.shardeddb.router.documents.request.UpdateRequest;
import io.shardeddb.router.documents.stream.PipedDocuments;
import io.shardeddb.router.http.direct.DirectAnswer;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Requests over HTTP that name documents by a filter: their bodies and answers. */
@Singleton
final class CollectionQueries {

    private static final int USUAL_LIMIT = 100;
    private static final int MOST_LIMIT = 1_000;

    private static final Set<String> OF_FIND = Set.of("filter", "projection", "sort", "skip", "limit", "cursor");

    private final DocumentRequests requests;
    private final FindExplanations explanations;

    CollectionQueries(DocumentRequests requests, FindExplanations explanations) {
        this.requests = requests;
        this.explanations = explanations;
    }

    /** The answer to a POST of one of these shapes. */
    DirectAnswer answer(CollectionTarget.Shape shape, String collection, byte[] body, DocumentCaller caller) {
        return switch (shape) {
            case FIND -> find(collection, body, caller);
            case EXPLAIN -> explain(collection, body);
            case COUNT -> count(collection, body, caller);
            case DISTINCT -> distinct(collection, body, caller);
            case DELETE -> delete(collection, body, caller);
            case UPDATE -> update(collection, body, caller);
            case AGGREGATE -> aggregate(collection, body, caller);
            default -> throw new IllegalStateException(shape + " names no documents by a filter");
        };
    }

    private DirectAnswer find(String collection, byte[] body, DocumentCaller caller) {
        DocumentQueries.Page page = requests.page(collection, request(body), caller);
        return CollectionAnswers.documents(page.documents(), page.cursor(), page.severalMoments())
                .with(page.session().text());
    }

    private static FindRequest request(byte[] body) {
        ObjectValue asked = DocumentBodies.members(body, OF_FIND);
        return new FindRequest(
                asked.get("filter"),
                asked.get("projection"),
                DocumentBodies.sent(body, "sort"),
                DocumentBodies.number(asked, "skip", 0, 0, Long.MAX_VALUE),
                (int) DocumentBodies.number(asked, "limit", USUAL_LIMIT, 1, MOST_LIMIT),
                DocumentBodies.text(asked, "cursor", Set.of()));
    }

    /** The body is a find's; what only shapes the answer does not matter. */
    private DirectAnswer explain(String collection, byte[] body) {
        FindRequest request = request(body);
        return explanations.explain(collection, request, requests.isByKey(collection, request));
    }

    /** The lines of a find: all of them, if no limit is given. */
    DocumentLines foundLines(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("filter", "projection", "sort", "skip", "limit"));
        FindRequest request = new FindRequest(
                asked.get("filter"),
                asked.get("projection"),
                DocumentBodies.sent(body, "sort"),
                DocumentBodies.number(asked, "skip", 0, 0, Long.MAX_VALUE),
                (int) DocumentBodies.number(asked, "limit", 0, 1, Integer.MAX_VALUE),
                null);
        FoundDocuments found = requests.stream(collection, request, caller);
        return lines(new DocumentLines.Source(found, () -> found.end().severalMoments(), found::close));
    }

    /** The lines of what a pipeline gives. */
    DocumentLines aggregatedLines(String collection, byte[] body, DocumentCaller caller) {
        DocumentBodies.members(body, Set.of("pipeline"));
        PipedDocuments piped = requests.piped(collection, DocumentBodies.sent(body, "pipeline"), caller);
        return lines(new DocumentLines.Source(piped, piped::severalMoments, piped::close));
    }

    private static DocumentLines lines(DocumentLines.Source documents) {
        try {
            return new DocumentLines(documents);
        } catch (RuntimeException e) {
            documents.close().run();
            throw e;
        }
    }

    private DirectAnswer aggregate(String collection, byte[] body, DocumentCaller caller) {
        DocumentBodies.members(body, Set.of("pipeline"));
        DocumentQueries.Piped piped = requests.aggregate(collection, DocumentBodies.sent(body, "pipeline"), caller);
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
        Shown shown = shown(asked, Set.of("before", "after"));
        UpdateRequest request = new UpdateRequest(
                asked.get("filter"),
                wanted,
                arrayFilters(asked),
                DocumentBodies.flag(asked, "many"),
                DocumentBodies.flag(asked, "upsert"),
                shown);
        return CollectionAnswers.changed(requests.update(collection, request, caller), false, shown);
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
        long count = requests.count(collection, asked.get("filter"), caller);
        return CollectionAnswers.ok(json -> json.writeNumberField("count", count));
    }

    private DirectAnswer distinct(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("path", "filter"));
        List<DocumentValue> values = requests.distinct(
                collection, DocumentBodies.text(asked, "path", Set.of()), asked.get("filter"), caller);
        return CollectionAnswers.ok(json -> {
            json.writeFieldName("values");
            json.writeRawValue(new DocumentValue.ArrayValue(values).toJson());
            json.writeNumberField("count", values.size());
        });
    }

    private DirectAnswer delete(String collection, byte[] body, DocumentCaller caller) {
        ObjectValue asked = DocumentBodies.members(body, Set.of("filter", "many", "return"));
        Shown shown = shown(asked, Set.of("before"));
        return CollectionAnswers.changed(
                requests.remove(collection, asked.get("filter"), DocumentBodies.flag(asked, "many"), shown, caller),
                true,
                shown);
    }

    private static Shown shown(ObjectValue asked, Set<String> allowed) {
        return switch (DocumentBodies.text(asked, "return", allowed)) {
            case "before" -> Shown.BEFORE;
            case "after" -> Shown.AFTER;
            case null, default -> Shown.NONE;
        };
    }
}
