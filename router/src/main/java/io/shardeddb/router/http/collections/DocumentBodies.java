package io.shardeddb.router.http.collections;

import io.shardeddb.documents.value.DocumentRules;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.request.DocumentText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Bodies of requests about documents, as values. Pure. */
final class DocumentBodies {

    private DocumentBodies() {}

    /** The value of a body. @throws DatabaseException MALFORMED_JSON, INVALID_DOCUMENT */
    static DocumentValue value(byte[] body) {
        return DocumentText.value(body, "the body");
    }

    /** A body that is one document, or an array of documents. */
    static List<ObjectValue> documents(byte[] body) {
        DocumentValue value = value(body);
        if (!(value instanceof ArrayValue(List<DocumentValue> elements))) {
            return List.of(DocumentRules.object(value, new Place("document")));
        }
        List<ObjectValue> documents = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            documents.add(DocumentRules.object(elements.get(i), new Place("document").then(i)));
        }
        return documents;
    }

    /** A body that has a document in each line; empty lines do not count. */
    static List<ObjectValue> lines(byte[] body) {
        List<ObjectValue> documents = new ArrayList<>();
        int line = 1;
        for (int from = 0; from < body.length; line++) {
            int end = from;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            byte[] text = Arrays.copyOfRange(body, from, end);
            from = end + 1;
            if (!isBlank(text)) {
                documents.add(DocumentRules.object(line(text, line), new Place("document").then(documents.size())));
            }
        }
        return documents;
    }

    private static boolean isBlank(byte[] text) {
        for (byte each : text) {
            if (each != ' ' && each != '\t' && each != '\r') {
                return false;
            }
        }
        return true;
    }

    private static DocumentValue line(byte[] text, int number) {
        try {
            return value(text);
        } catch (DatabaseException e) {
            throw new DatabaseException(e.code(), "line " + number + ": " + e.text(), e.details())
                    .with("line", Integer.toString(number));
        }
    }

    /**
     * The members of a body that is an object; an empty body has none.
     *
     * @throws DatabaseException MALFORMED_REQUEST for a member that is none of these
     */
    static ObjectValue members(byte[] body, Set<String> allowed) {
        if (body.length == 0) {
            return ObjectValue.EMPTY;
        }
        if (!(value(body) instanceof ObjectValue object)) {
            throw wrong("body", "an object is needed");
        }
        for (String name : object.members().keySet()) {
            if (!allowed.contains(name)) {
                throw wrong(name, "is no member of this request; it may have " + new TreeSet<>(allowed));
            }
        }
        return object;
    }

    /** A member as it was sent, with the order of its members, which documents do not have; null if it is left out. */
    static @Nullable Object sent(byte[] body, String name) {
        Object java = body.length == 0 ? Map.of() : DocumentText.sent(body);
        return java instanceof Map<?, ?> members ? members.get(name) : null;
    }

    /** A member that is an object; an empty one if it is left out. */
    static ObjectValue object(ObjectValue body, String name) {
        return switch (body.get(name)) {
            case null -> ObjectValue.EMPTY;
            case ObjectValue object -> object;
            case DocumentValue other ->
                throw new Place(name)
                        .refuse(
                                name.equals("filter") ? ErrorCode.INVALID_FILTER : ErrorCode.MALFORMED_REQUEST,
                                "an object is needed, not " + other.typeInWords());
        };
    }

    /** A member that is true or false; false if it is left out. */
    static boolean flag(ObjectValue body, String name) {
        return switch (body.get(name)) {
            case null -> false;
            case BooleanValue(boolean on) -> on;
            case DocumentValue other -> throw wrong(name, "must be true or false, not " + other.typeInWords());
        };
    }

    /** A member that is one of some texts; null if it is left out. */
    static @Nullable String text(ObjectValue body, String name, Set<String> allowed) {
        return switch (body.get(name)) {
            case null -> null;
            case TextValue(String text) when allowed.isEmpty() || allowed.contains(text) -> text;
            case DocumentValue _ ->
                throw wrong(name, allowed.isEmpty() ? "must be a text" : "must be one of " + new TreeSet<>(allowed));
        };
    }

    /** A member that is a whole number. */
    static long number(ObjectValue body, String name, long absent, long least, long most) {
        return switch (body.get(name)) {
            case null -> absent;
            case DocumentValue.IntegerValue(long number) when number >= least && number <= most -> number;
            case DocumentValue _ -> throw wrong(name, "must be a whole number from " + least + " to " + most);
        };
    }

    static DatabaseException wrong(String field, String how) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, "'" + field + "' " + how, Map.of("field", field));
    }
}
