package io.shardeddb.documents.value;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Map;

/**
 * Where something lies in a request about documents, such as {@code filter.age.$gt} or {@code filter.$or.0.age}. Errors
 * name it.
 *
 * @param text names and indexes joined by dots
 */
public record Place(String text) {

    /** Longer places are cut off: names come from clients. */
    private static final int MAX_LENGTH = 300;

    /** The place of a member within this one. */
    public Place then(String name) {
        String longer = text + "." + name;
        return new Place(longer.length() <= MAX_LENGTH ? longer : longer.substring(0, MAX_LENGTH) + "...");
    }

    /** The place of an element within this one. */
    public Place then(int index) {
        return then(Integer.toString(index));
    }

    /**
     * An error at this place, to be thrown.
     *
     * @param code INVALID_FILTER, INVALID_UPDATE and the like
     * @param message what is wrong and what is allowed; the place is put in front of it, and into the detail "at"
     */
    public DatabaseException refuse(ErrorCode code, String message) {
        return new DatabaseException(code, text + ": " + message, Map.of("at", text));
    }
}
