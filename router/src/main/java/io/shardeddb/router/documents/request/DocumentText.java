package io.shardeddb.router.documents.request;

import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.json.JsonInput;
import org.jspecify.annotations.Nullable;

/** JSON texts of requests about documents, as values. Pure. */
public final class DocumentText {

    private DocumentText() {}

    /**
     * A text as it was sent, with the order of members, which documents do not have.
     *
     * @param json UTF-8
     * @throws DatabaseException MALFORMED_JSON
     */
    public static @Nullable Object sent(byte[] json) {
        return JsonInput.read(json, JsonInput::nextValue);
    }

    /**
     * The value of a text.
     *
     * @param json UTF-8
     * @param what what the text is, for the message
     * @throws DatabaseException MALFORMED_JSON, INVALID_DOCUMENT
     */
    public static DocumentValue value(byte[] json, String what) {
        Object java = sent(json);
        try {
            return DocumentValue.ofJava(java);
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.INVALID_DOCUMENT, what + ": " + e.getMessage());
        }
    }
}
