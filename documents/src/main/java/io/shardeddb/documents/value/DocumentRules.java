package io.shardeddb.documents.value;

import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.value.CanonicalJson;
import java.util.Map;

/** What a document must be to be stored. */
public final class DocumentRules {

    /** Greatest size of a document's canonical text in bytes of UTF-8: 1 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    private DocumentRules() {}

    /**
     * A value as the document that may be stored.
     *
     * @param value an object of at most {@link #MAX_BYTES}, with an {@code _id}
     * @param place where it is in the request
     * @return the same value
     * @throws DatabaseException INVALID_DOCUMENT or TOO_LARGE, with the place and what is allowed
     */
    public static ObjectValue storable(DocumentValue value, Place place) {
        ObjectValue document = object(value, place);
        DocumentId.bytes(document.get(DocumentId.NAME), place.then(DocumentId.NAME));
        int depth = document.depth();
        if (depth > CanonicalJson.MAX_STORED_DEPTH) {
            throw place.refuse(ErrorCode.INVALID_DOCUMENT, CanonicalJson.tooDeep(depth));
        }
        requireNames(document, place);
        int bytes = document.sizeInBytes();
        if (bytes > MAX_BYTES) {
            throw place.refuse(
                    ErrorCode.TOO_LARGE, "a document of " + bytes + " bytes, at most " + MAX_BYTES + " are stored");
        }
        return document;
    }

    /**
     * A value as an object.
     *
     * @throws DatabaseException INVALID_DOCUMENT if it is none
     */
    public static ObjectValue object(DocumentValue value, Place place) {
        if (value instanceof ObjectValue object) {
            return object;
        }
        throw place.refuse(ErrorCode.INVALID_DOCUMENT, "a document is an object, not " + value.typeInWords());
    }

    /**
     * Refuses names and texts that are not stored, at any depth: a name that begins with {@code $} or has a dot or a
     * zero byte, and half a surrogate pair. An empty name is allowed.
     *
     * @throws DatabaseException INVALID_DOCUMENT, with the place
     */
    public static void requireNames(DocumentValue value, Place place) {
        switch (value) {
            case ObjectValue(var members) -> {
                for (Map.Entry<String, DocumentValue> member : members.entrySet()) {
                    requireName(member.getKey(), place.then(member.getKey()));
                    requireNames(member.getValue(), place.then(member.getKey()));
                }
            }
            case ArrayValue(var elements) -> {
                for (int i = 0; i < elements.size(); i++) {
                    requireNames(elements.get(i), place.then(i));
                }
            }
            case TextValue(String text)
            when !Utf8.possible(text) ->
                throw place.refuse(ErrorCode.INVALID_DOCUMENT, "half of a surrogate pair: not a Unicode text");
            default -> {}
        }
    }

    private static void requireName(String name, Place place) {
        String fault = null;
        if (name.startsWith("$")) {
            fault = "begin with $";
        } else if (name.indexOf('.') >= 0) {
            fault = "have a dot";
        } else if (name.indexOf('\0') >= 0) {
            fault = "have a zero byte";
        } else if (!Utf8.possible(name)) {
            fault = "have half of a surrogate pair";
        }
        if (fault != null) {
            throw place.refuse(ErrorCode.INVALID_DOCUMENT, "the name of a member may not " + fault);
        }
    }
}
