package io.shardeddb.router.grpc.documents;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.wire.api.v1.DocumentsEnd;
import io.shardeddb.protocol.wire.api.v1.FindDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.InsertDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.ReadLevel;
import io.shardeddb.protocol.wire.api.v1.ReadOptions;
import io.shardeddb.protocol.wire.api.v1.UpdateDocumentsRequest;
import io.shardeddb.protocol.wire.api.v1.VersionCondition;
import io.shardeddb.protocol.wire.api.v1.WriteOptions;
import io.shardeddb.router.documents.DocumentCaller;
import io.shardeddb.router.documents.request.DocumentText;
import io.shardeddb.router.documents.request.FindRequest;
import io.shardeddb.router.documents.request.FoundDocuments;
import io.shardeddb.router.documents.request.Shown;
import io.shardeddb.router.documents.request.UpdateRequest;
import io.shardeddb.router.forward.SessionToken;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.json.ContentHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages about documents, as requests of the router. Pure. Each method throws {@link DatabaseException}. */
final class DocumentMessages {

    private DocumentMessages() {}

    /** Who reads, and how. */
    static DocumentCaller reader(ReadOptions options, @Nullable Long until) {
        return new DocumentCaller(null, 1, GivenOptions.read(options, until));
    }

    /**
     * Who writes.
     *
     * @param method what is done
     * @param content the request without its options, by which a repeat is known
     */
    static DocumentCaller writer(WriteOptions options, @Nullable Long until, String method, MessageLite content) {
        ReadOptions reads = ReadOptions.newBuilder()
                .setLevel(ReadLevel.READ_LEVEL_STRONG)
                .setSessionToken(options.getSessionToken())
                .build();
        return new DocumentCaller(
                GivenOptions.requestId(options.getRequestId()),
                ContentHash.of("grpc " + method, content.toByteArray()),
                GivenOptions.read(reads, until));
    }

    /** A JSON text as it was sent; null if it is empty. */
    static @Nullable Object sent(ByteString json, String field) {
        try {
            return json.isEmpty() ? null : DocumentText.sent(json.toByteArray());
        } catch (DatabaseException e) {
            throw e.with("field", field);
        }
    }

    /** A JSON text's value; null if it is empty. */
    static @Nullable DocumentValue optional(ByteString json, String field) {
        try {
            return json.isEmpty() ? null : DocumentText.value(json.toByteArray(), "'" + field + "'");
        } catch (DatabaseException e) {
            throw e.with("field", field);
        }
    }

    /** A JSON text's value. */
    static DocumentValue value(ByteString json, String field) {
        DocumentValue value = optional(json, field);
        if (value == null) {
            throw GivenOptions.wrong(field, "a JSON text");
        }
        return value;
    }

    /** The documents of an insert. */
    static List<ObjectValue> documents(InsertDocumentsRequest request) {
        List<ObjectValue> documents = new ArrayList<>(request.getDocumentsCount());
        for (int i = 0; i < request.getDocumentsCount(); i++) {
            Place place = new Place("documents").then(i);
            documents.add(DocumentRules.object(value(request.getDocumentsBytes(i), place.text()), place));
        }
        return documents;
    }

    /** The document of a replacement. */
    static ObjectValue document(ByteString json) {
        return DocumentRules.object(value(json, "document"), new Place("document"));
    }

    /** What must hold for a document. */
    static List<Precondition> conditions(boolean isGiven, VersionCondition given) {
        Precondition condition = GivenOptions.condition(isGiven, given);
        return condition == null ? List.of() : List.of(condition);
    }

    static FindRequest find(FindDocumentsRequest request) {
        if (request.getSkip() < 0) {
            throw GivenOptions.wrong("skip", "less than 2^63");
        }
        return new FindRequest(
                optional(request.getFilterBytes(), "filter"),
                optional(request.getProjectionBytes(), "projection"),
                sent(request.getSortBytes(), "sort"),
                request.getSkip(),
                GivenOptions.limit(request.getLimit()),
                request.getCursor().isEmpty() ? null : request.getCursor());
    }

    static UpdateRequest update(UpdateDocumentsRequest request) {
        List<DocumentValue> arrayFilters = new ArrayList<>(request.getArrayFiltersCount());
        for (int i = 0; i < request.getArrayFiltersCount(); i++) {
            arrayFilters.add(value(request.getArrayFiltersBytes(i), "array_filters"));
        }
        return new UpdateRequest(
                optional(request.getFilterBytes(), "filter"),
                value(request.getUpdateBytes(), "update"),
                arrayFilters,
                request.getMany(),
                request.getUpsert(),
                shown(request.getShown(), true));
    }

    /** @param after whether a document as it is now can be shown */
    static Shown shown(io.shardeddb.protocol.wire.api.v1.Shown given, boolean after) {
        return switch (given) {
            case SHOWN_UNSPECIFIED -> Shown.NONE;
            case SHOWN_BEFORE -> Shown.BEFORE;
            case SHOWN_AFTER -> {
                if (!after) {
                    throw GivenOptions.wrong("shown", "before, where documents are removed");
                }
                yield Shown.AFTER;
            }
            case UNRECOGNIZED -> throw GivenOptions.wrong("shown", "before or after");
        };
    }

    /** The text of a value; empty where there is none. */
    static String text(@Nullable DocumentValue value) {
        return value == null ? "" : value.toJson();
    }

    /** What is known at the end of a find. */
    static DocumentsEnd end(long count, FoundDocuments.End end) {
        String cursor = end.cursor();
        return DocumentsEnd.newBuilder()
                .setCount(count)
                .setCursor(cursor == null ? "" : cursor)
                .setSeveralMoments(end.severalMoments())
                .setSessionToken(end.session().text())
                .build();
    }

    /** What is known at the end of other documents or values. */
    static DocumentsEnd end(long count, boolean severalMoments, SessionToken session) {
        return end(count, new FoundDocuments.End(null, severalMoments, session));
    }
}
