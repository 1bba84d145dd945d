package io.shardeddb.router.http.collections;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a path of collections names. Pure.
 *
 * @param rawCollection its name with percent signs; empty where all are meant
 * @param rawId of a document, with percent signs; empty where none is named
 */
record CollectionTarget(Shape shape, String path, String rawCollection, String rawId) {

    private static final String ALL = "/v1/collections";

    /** The paths. */
    enum Shape {
        COLLECTIONS("", "GET, POST"),
        COLLECTION("/{collection}", "DELETE, GET, POST"),
        DOCUMENT("/{collection}/{id}", "DELETE, GET, HEAD, PUT"),
        DELETE("/{collection}/delete", "POST"),
        EXPLAIN("/{collection}/explain", "POST"),
        FIND("/{collection}/find", "POST"),
        UPDATE("/{collection}/update", "POST"),
        AGGREGATE("/{collection}/aggregate", "POST"),
        COUNT("/{collection}/count", "POST"),
        DISTINCT("/{collection}/distinct", "POST");

        private final String rest;
        private final String methods;

        Shape(String rest, String methods) {
            this.rest = rest;
            this.methods = methods;
        }

        String template() {
            return ALL + rest;
        }

        List<String> methods() {
            return List.of(methods.split(", ", -1));
        }

        private boolean isNamed(String last) {
            return rest.equals("/{collection}/" + last);
        }
    }

    private static final char REPLACEMENT = '\ufffd';

    /** The target of a request line, or null when it is another endpoint's. */
    static @Nullable CollectionTarget parse(String method, String uri) {
        String path = path(uri);
        if (!path.equals(ALL) && !path.startsWith(ALL + "/")) {
            return null;
        }
        String rest = path.substring(ALL.length());
        rest = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        if (rest.isEmpty()) {
            return new CollectionTarget(Shape.COLLECTIONS, path, "", "");
        }
        int end = rest.indexOf('/', 1);
        if (end < 0) {
            return new CollectionTarget(Shape.COLLECTION, path, rest.substring(1), "");
        }
        String last = rest.substring(end + 1);
        if (end == 1 || last.isEmpty() || last.indexOf('/') >= 0) {
            return null;
        }
        String collection = rest.substring(1, end);
        return method.equals("POST")
                ? Arrays.stream(Shape.values())
                        .filter(shape -> shape.isNamed(last))
                        .findFirst()
                        .map(shape -> new CollectionTarget(shape, path, collection, ""))
                        .orElseGet(() -> new CollectionTarget(Shape.DOCUMENT, path, collection, last))
                : new CollectionTarget(Shape.DOCUMENT, path, collection, last);
    }

    /** Without the query; also of the form that proxies get: {@code http://host/path}. */
    private static String path(String uri) {
        int host = uri.startsWith("/") ? -1 : uri.indexOf("://");
        int from = host < 0 ? 0 : Math.max(0, uri.indexOf('/', host + 3));
        int end = from;
        while (end < uri.length() && uri.charAt(end) != '?' && uri.charAt(end) != '#') {
            end++;
        }
        return uri.substring(from, end);
    }

    /** The collection's name. @throws DatabaseException MALFORMED_REQUEST */
    String collection() {
        return decode(rawCollection);
    }

    /** The text of the id. @throws DatabaseException MALFORMED_REQUEST */
    String id() {
        return decode(rawId);
    }

    private static String decode(String text) {
        String decoded;
        try {
            decoded = new QueryStringDecoder(text, true).path();
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a percent sign in '" + text + "' must be followed by two hexadecimal digits",
                    Map.of("path", text));
        }
        // The decoder puts this character in the place of bytes that are no text: two such ids would be the same.
        if (decoded.indexOf(REPLACEMENT) >= 0) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "'" + text + "' is no UTF-8, or has the character U+FFFD that stands for what is none",
                    Map.of("path", text));
        }
        return decoded;
    }
}
