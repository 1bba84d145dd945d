package io.shardeddb.documents.place;

import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;

/**
 * A place in a request, such as {@code update.$inc.visits}, and the code that errors about it have.
 *
 * @param code of errors about what is there
 * @param place the names that lead there
 */
public record Spot(ErrorCode code, Place place) {

    /** Longest text of a request that messages quote: one of a megabyte would drown them. */
    private static final int LONGEST = 200;

    /** The place of a name at the top of a request. */
    public static Spot of(ErrorCode code, String name) {
        return new Spot(code, new Place(name));
    }

    /** The same place, as the member of an object. */
    public Spot member(String name) {
        return new Spot(code, place.then(name));
    }

    /** The same place, as the element of an array. */
    public Spot element(int index) {
        return new Spot(code, place.then(index));
    }

    /** The same place, but what is wrong there has another code. */
    public Spot as(ErrorCode other) {
        return new Spot(other, place);
    }

    /**
     * An error about what is here, with the detail {@code at}.
     *
     * @param message what is wrong, and what is allowed
     */
    public DatabaseException error(String message) {
        return place.refuse(code, message);
    }

    /** A text of the request, as messages quote it: at most 200 characters. */
    public static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
