package io.shardeddb.router.http.keyvalue;

import com.google.protobuf.ByteString;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path and query of a request for keys. Pure.
 *
 * @param shape which path it is
 * @param path without the query
 * @param rawSpace the space's name, with percent signs; empty where the path names none
 * @param rawKey the key, with percent signs; empty where the path has none
 * @param rawQuery with its question mark; empty where there is none
 */
record KeyValueTarget(Shape shape, String path, String rawSpace, String rawKey, String rawQuery) {

    private static final String PREFIX = "/v1/kv";
    private static final String INCREMENT = "/increment";
    private static final int HEX = 16;

    /** The paths of keys. Which one a path has depends on the method too: a key may end as a path does. */
    enum Shape {
        SPACES("/v1/kv", "GET"),
        SCAN("/v1/kv/{space}", "GET"),
        KEY("/v1/kv/{space}/{key}", "DELETE, GET, HEAD, PUT"),
        INCREMENT("/v1/kv/{space}/{key}/increment", "POST"),
        GET_ALL("/v1/kv/{space}/get", "POST"),
        PUT_ALL("/v1/kv/{space}/put", "POST"),
        DELETE_ALL("/v1/kv/{space}/delete", "POST");

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

        boolean allows(String method) {
            return List.of(methods.split(", ", -1)).contains(method);
        }
    }

    /** The target of a request, or null when it is another endpoint's. */
    static @Nullable KeyValueTarget parse(String method, String uri) {
        String local = local(uri);
        if (!local.startsWith(PREFIX)) {
            return null;
        }
        int end = end(local);
        String path = local.substring(0, end);
        String query = end < local.length() && local.charAt(end) == '?' ? local.substring(end) : "";
        String rest = path.substring(PREFIX.length());
        if (rest.isEmpty() || rest.equals("/")) {
            return new KeyValueTarget(Shape.SPACES, path, "", "", query);
        }
        if (rest.charAt(0) != '/') {
            return null;
        }
        int spaceEnd = rest.indexOf('/', 1);
        if (spaceEnd < 0) {
            return new KeyValueTarget(Shape.SCAN, path, rest.substring(1), "", query);
        }
        String space = rest.substring(1, spaceEnd);
        String key = rest.substring(spaceEnd + 1);
        return method.equals("POST")
                ? posted(path, space, key, query)
                : new KeyValueTarget(Shape.KEY, path, space, key, query);
    }

    private static KeyValueTarget posted(String path, String space, String key, String query) {
        return switch (key) {
            case "get" -> new KeyValueTarget(Shape.GET_ALL, path, space, "", query);
            case "put" -> new KeyValueTarget(Shape.PUT_ALL, path, space, "", query);
            case "delete" -> new KeyValueTarget(Shape.DELETE_ALL, path, space, "", query);
            default -> {
                int at = key.length() - INCREMENT.length();
                yield key.endsWith(INCREMENT)
                        ? new KeyValueTarget(Shape.INCREMENT, path, space, key.substring(0, at), query)
                        : new KeyValueTarget(Shape.KEY, path, space, key, query);
            }
        };
    }

    private static int end(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '?' || c == '#') {
                return i;
            }
        }
        return uri.length();
    }

    /** Path and query alone, also of the form that proxies get. */
    private static String local(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        int host = uri.indexOf("://");
        int path = host < 0 ? -1 : uri.indexOf('/', host + 3);
        return path < 0 ? uri : uri.substring(path);
    }

    /** The space's name. @throws DatabaseException MALFORMED_REQUEST */
    String space() {
        return bytes(rawSpace).toStringUtf8();
    }

    /** The key: any bytes. @throws DatabaseException MALFORMED_REQUEST where its percent signs are wrong */
    ByteString key() {
        return bytes(rawKey);
    }

    private static ByteString bytes(String text) {
        if (text.indexOf('%') < 0) {
            return ByteString.copyFrom(text, StandardCharsets.ISO_8859_1);
        }
        ByteString.Output bytes = ByteString.newOutput(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), HEX) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), HEX) : -1;
                if (high < 0 || low < 0) {
                    throw malformed(text);
                }
                bytes.write(high * HEX + low);
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteString();
    }

    private static DatabaseException malformed(String text) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "a percent sign in '" + text + "' must be followed by two hexadecimal digits",
                Map.of("path", text));
    }

    /**
     * The query's parameters.
     *
     * @param known names that it may have
     * @throws DatabaseException MALFORMED_REQUEST
     */
    Parameters parameters(Set<String> known) {
        Map<String, List<String>> parameters;
        try {
            parameters = rawQuery.isEmpty() ? Map.of() : new QueryStringDecoder(rawQuery).parameters();
        } catch (IllegalArgumentException e) {
            throw malformed(rawQuery);
        }
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "the query may have " + known.stream().sorted().toList() + ", not '" + name + "'",
                        Map.of("field", name));
            }
        }
        return new Parameters(parameters);
    }

    /** Parameters by their names; of those that come twice the first counts. */
    record Parameters(Map<String, List<String>> values) {
        @Nullable
        String find(String name) {
            List<String> found = values.get(name);
            return found == null || found.isEmpty() ? null : found.getFirst();
        }

        @Nullable
        ByteString bytes(String name) {
            String text = find(name);
            return text == null ? null : ByteString.copyFromUtf8(text);
        }
    }
}
