package io.shardeddb.router.http.v1;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The path and query of a request for rows, as they came. Pure.
 *
 * @param shape which path it is
 * @param path without the query
 * @param rawTable the table's name, with percent signs; empty when the path names none
 * @param rawKey the key in the path, with percent signs; null when it has none
 * @param query by name; empty when there is none; null when it cannot be read
 */
record RowTarget(
        Shape shape,
        String path,
        String rawTable,
        @Nullable String rawKey,
        @Nullable Map<String, List<String>> query) {

    private static final String PREFIX = "/v1/tables/";
    private static final String ROWS = "rows";
    private static final String BATCH = "batch";
    private static final String TABLES_BATCH = "/v1/batch";

    /** The paths of rows. */
    enum Shape {
        ROWS("/v1/tables/{table}/rows", "DELETE, GET, HEAD, PATCH, POST, PUT"),
        ROW("/v1/tables/{table}/rows/{key}", "DELETE, GET, HEAD, PATCH, PUT"),
        BATCH("/v1/tables/{table}/batch", "POST"),
        /** Of any tables: each operation names its own. */
        TABLES_BATCH("/v1/batch", "POST");

        private final String template;
        private final String methods;

        Shape(String template, String methods) {
            this.template = template;
            this.methods = methods;
        }

        String template() {
            return template;
        }

        /** What may be asked for, as the header Allow says it. */
        String methods() {
            return methods;
        }
    }

    /** The target of a request line, or null when it is another endpoint's. */
    static @Nullable RowTarget parse(String uri) {
        String local = local(uri);
        if (!local.startsWith(PREFIX)) {
            return overTables(local);
        }
        int end = pathEnd(local, PREFIX.length());
        int tableEnd = local.indexOf('/', PREFIX.length());
        if (tableEnd <= PREFIX.length() || tableEnd >= end) {
            return null;
        }
        int last = local.charAt(end - 1) == '/' ? end - 1 : end;
        int from = tableEnd + 1;
        Shape shape;
        String key = null;
        if (is(local, from, last, ROWS)) {
            shape = Shape.ROWS;
        } else if (is(local, from, last, BATCH)) {
            shape = Shape.BATCH;
        } else if (local.startsWith(ROWS + "/", from) && from + ROWS.length() + 1 < last) {
            shape = Shape.ROW;
            key = local.substring(from + ROWS.length() + 1, last);
            if (key.indexOf('/') >= 0) {
                return null;
            }
        } else {
            return null;
        }
        String table = local.substring(PREFIX.length(), tableEnd);
        return new RowTarget(shape, local.substring(0, end), table, key, query(local, end));
    }

    private static @Nullable RowTarget overTables(String local) {
        if (!local.startsWith(TABLES_BATCH)) {
            return null;
        }
        int end = pathEnd(local, TABLES_BATCH.length());
        int last = end > TABLES_BATCH.length() && local.charAt(end - 1) == '/' ? end - 1 : end;
        return last == TABLES_BATCH.length()
                ? new RowTarget(Shape.TABLES_BATCH, local.substring(0, end), "", null, query(local, end))
                : null;
    }

    private static @Nullable Map<String, List<String>> query(String local, int end) {
        boolean asks = end < local.length() && local.charAt(end) == '?';
        try {
            return asks ? new QueryStringDecoder(local).parameters() : Map.of();
        } catch (IllegalArgumentException e) {
            // Told when it is looked at.
            return null;
        }
    }

    private static boolean is(String path, int from, int to, String name) {
        return to - from == name.length() && path.startsWith(name, from);
    }

    private static int pathEnd(String uri, int from) {
        for (int i = from; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '?' || c == '#') {
                return i;
            }
        }
        return uri.length();
    }

    /** Path and query alone, also of the form that proxies get: {@code http://host/path}. */
    static String local(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        int host = uri.indexOf("://");
        int path = host < 0 ? -1 : uri.indexOf('/', host + 3);
        return path < 0 ? uri : uri.substring(path);
    }

    /** The table's name. @throws DatabaseException MALFORMED_REQUEST */
    String table() {
        return decode(rawTable);
    }

    /** The key, in the path or the query; empty when none is given. @throws DatabaseException MALFORMED_REQUEST */
    List<String> key() {
        return rawKey == null ? parameter("key") : List.of(decode(rawKey));
    }

    /** Values of a query parameter. @throws DatabaseException MALFORMED_REQUEST when the query cannot be read */
    List<String> parameter(String name) {
        if (query == null) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a percent sign in the query must be followed by two hexadecimal digits",
                    Map.of("path", path));
        }
        return query.getOrDefault(name, List.of());
    }

    /** Whether the request is for one row by its key, as far as can be read. */
    boolean namesKey() {
        return shape == Shape.ROW || query == null || query.containsKey("key");
    }

    /** Undoes percent signs; a plus stays a plus in a path. */
    private static String decode(String text) {
        try {
            return new QueryStringDecoder(text, true).path();
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a percent sign in '" + text + "' must be followed by two hexadecimal digits",
                    Map.of("path", text));
        }
    }
}
