package io.shardeddb.router.http.collections;

import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.documents.value.DocumentPath;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.router.documents.CollectionService;
import io.shardeddb.router.documents.DocumentChange;
import io.shardeddb.router.documents.DocumentCollection;
import io.shardeddb.router.documents.request.DocumentRequests;
import io.shardeddb.router.documents.request.Shown;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.json.JsonOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers about collections and documents. Pure. */
final class CollectionAnswers {

    private CollectionAnswers() {}

    /** The bytes of a value. */
    static byte[] text(DocumentValue value) {
        return value.toJson().getBytes(StandardCharsets.UTF_8);
    }

    private static DirectAnswer object(HttpResponseStatus status, JsonOutput.Writing members) {
        return DirectAnswer.json(status, JsonOutput.bytes(json -> {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        }));
    }

    static DirectAnswer ok(JsonOutput.Writing members) {
        return object(HttpResponseStatus.OK, members);
    }

    private static void write(JsonGenerator json, DocumentCollection collection) throws IOException {
        json.writeStringField("name", collection.name());
        DocumentPath path = collection.shardKey();
        if (path != null) {
            json.writeStringField("shardKey", path.text());
        }
    }

    static DirectAnswer collection(DocumentCollection collection) {
        return ok(json -> write(json, collection));
    }

    static DirectAnswer created(DocumentCollection collection) {
        return object(HttpResponseStatus.CREATED, json -> write(json, collection));
    }

    static DirectAnswer collections(List<DocumentCollection> collections) {
        return ok(json -> {
            json.writeArrayFieldStart("collections");
            for (DocumentCollection each : collections) {
                json.writeStartObject();
                write(json, each);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** @param cursor where a find goes on; null: there are no more */
    static DirectAnswer documents(List<ObjectValue> documents, @Nullable String cursor, boolean severalMoments) {
        return ok(json -> {
            json.writeArrayFieldStart("documents");
            for (ObjectValue document : documents) {
                json.writeRawValue(document.toJson());
            }
            json.writeEndArray();
            json.writeNumberField("count", documents.size());
            if (cursor != null) {
                json.writeStringField("cursor", cursor);
            }
            if (severalMoments) {
                json.writeBooleanField("severalMoments", true);
            }
            json.writeBooleanField("complete", true);
        });
    }

    static DirectAnswer dropped(String name) {
        return ok(json -> json.writeStringField("dropped", name));
    }

    static DirectAnswer pending(String text) {
        return object(HttpResponseStatus.ACCEPTED, json -> json.writeStringField("pending", text));
    }

    static DirectAnswer inserted(CollectionService.Inserted inserted) {
        return object(HttpResponseStatus.CREATED, json -> {
                    json.writeNumberField("inserted", inserted.ids().size());
                    json.writeFieldName("ids");
                    json.writeRawValue(new DocumentValue.ArrayValue(inserted.ids()).toJson());
                    timestamp(json, inserted.timestamp());
                })
                .of(inserted.ids().size() == 1 ? inserted.timestamp() : 0)
                .with(inserted.session().text());
    }

    private static void timestamp(JsonGenerator json, long timestamp) throws IOException {
        if (timestamp > 0) {
            json.writeNumberField("timestamp", timestamp);
        }
    }

    static DirectAnswer written(CollectionService.Written written) {
        return ok(json -> timestamp(json, written.timestamp()))
                .of(written.version())
                .with(written.session().text());
    }

    static DirectAnswer changed(DocumentChange.Result result, boolean removal, Shown shown) {
        return ok(json -> {
                    if (removal) {
                        json.writeNumberField("deleted", result.modified());
                    } else {
                        json.writeNumberField("matched", result.matched());
                        json.writeNumberField("modified", result.modified());
                    }
                    DocumentValue upserted = result.upsertedId();
                    if (upserted != null) {
                        json.writeFieldName("upsertedId");
                        json.writeRawValue(upserted.toJson());
                    }
                    DocumentValue document = DocumentRequests.shown(result, shown);
                    if (shown != Shown.NONE && !result.repeated()) {
                        json.writeFieldName("document");
                        json.writeRawValue(document == null ? "null" : document.toJson());
                    }
                    if (result.repeated()) {
                        json.writeBooleanField("repeated", true);
                    }
                    timestamp(json, result.timestamp());
                })
                .with(result.session().text());
    }
}
