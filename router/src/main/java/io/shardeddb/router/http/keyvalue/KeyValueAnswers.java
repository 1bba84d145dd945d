package io.shardeddb.router.http.keyvalue;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shardeddb.router.http.direct.DirectAnswer;
import io.shardeddb.router.json.JsonOutput;
import io.shardeddb.router.keyvalue.Entry;
import io.shardeddb.router.keyvalue.KeyValues;
import io.shardeddb.router.keyvalue.Space;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Answers about keys. Pure. */
final class KeyValueAnswers {

    private KeyValueAnswers() {}

    /** A value as it was put; a counter as its number. */
    static DirectAnswer value(Entry entry) {
        ByteString value = entry.value();
        byte[] body = value == null
                ? String.valueOf(entry.number()).getBytes(StandardCharsets.US_ASCII)
                : value.toByteArray();
        return DirectAnswer.bytes(HttpResponseStatus.OK, value == null ? Space.TEXT : entry.type(), body)
                .of(entry.version())
                .expiring(entry.expires());
    }

    /** A value that was put. */
    static DirectAnswer stored(KeyValues.Stored stored) {
        String text = "{\"created\":" + stored.created() + ",\"timestamp\":" + stored.version() + "}";
        return json(stored.created() ? HttpResponseStatus.CREATED : HttpResponseStatus.OK, text)
                .of(stored.version())
                .expiring(stored.expires());
    }

    /** A counter that was added to. */
    static DirectAnswer counted(KeyValues.Counted counted) {
        String text = "{\"value\":" + counted.number() + ",\"timestamp\":" + counted.version() + "}";
        return json(HttpResponseStatus.OK, text).of(counted.version()).expiring(counted.expires());
    }

    /**
     * Keys that were written or removed.
     *
     * @param member that says how many
     */
    static DirectAnswer changed(String member, KeyValues.Changed changed) {
        String text = "{\"" + member + "\":" + changed.keys()
                + (changed.timestamp() > 0 ? ",\"timestamp\":" + changed.timestamp() : "") + "}";
        return json(HttpResponseStatus.OK, text);
    }

    private static DirectAnswer json(HttpResponseStatus status, String text) {
        return DirectAnswer.json(status, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The names of spaces. */
    static DirectAnswer spaces(List<String> names) {
        return DirectAnswer.json(HttpResponseStatus.OK, JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("spaces");
            for (String name : names) {
                json.writeStartObject();
                json.writeStringField("name", name);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    /**
     * A part of a scan.
     *
     * @param values whether values are shown
     */
    static DirectAnswer page(KeyValues.Page page, boolean values) {
        return DirectAnswer.json(HttpResponseStatus.OK, JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            for (Entry entry : page.entries()) {
                write(json, entry, values);
            }
            json.writeEndArray();
            json.writeNumberField("count", page.entries().size());
            if (page.continuation() != null) {
                json.writeStringField("continuation", page.continuation());
            }
            json.writeBooleanField("complete", true);
            json.writeEndObject();
        }));
    }

    /** Several keys, in the order in which they were asked for; null where one is absent. */
    static DirectAnswer several(List<ByteString> keys, Map<ByteString, Entry> found) {
        return DirectAnswer.json(HttpResponseStatus.OK, JsonOutput.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("entries");
            for (ByteString key : keys) {
                Entry entry = found.get(key);
                if (entry == null) {
                    json.writeNull();
                } else {
                    write(json, entry, true);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    private static void write(JsonGenerator json, Entry entry, boolean values) throws IOException {
        json.writeStartObject();
        bytes(json, "key", entry.key());
        ByteString value = entry.value();
        if (values && value != null) {
            bytes(json, "value", value);
        }
        if (values && entry.number() != null) {
            json.writeNumberField("number", entry.number());
        }
        json.writeStringField("type", entry.type());
        json.writeStringField("version", Long.toString(entry.version()));
        if (entry.expires() != null) {
            json.writeNumberField("expiresMillis", entry.expires());
        }
        json.writeEndObject();
    }

    private static void bytes(JsonGenerator json, String name, ByteString bytes) throws IOException {
        if (bytes.isValidUtf8()) {
            json.writeStringField(name, bytes.toStringUtf8());
        } else {
            json.writeStringField(name + "Base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }
}
