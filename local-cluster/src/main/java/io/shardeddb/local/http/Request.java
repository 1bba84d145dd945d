package io.shardeddb.local.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request, read whole.
 *
 * @param method GET, POST, ...
 * @param path the decoded path
 * @param query the decoded query parameters; of a repeated one the last
 * @param headers by lower-case name
 * @param body the body's bytes, empty when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // a body is read once and never compared
public record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {
    static Request of(String method, String target, Map<String, String> headers, byte[] body) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        Map<String, String> query = new LinkedHashMap<>();
        if (question >= 0) {
            for (String pair : target.substring(question + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (!pair.isEmpty()) {
                    query.put(
                            decode(equals < 0 ? pair : pair.substring(0, equals)),
                            equals < 0 ? "" : decode(pair.substring(equals + 1)));
                }
            }
        }
        return new Request(method, decode(path.replace("+", "%2B")), query, new HashMap<>(headers), body);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** A header, or null. */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** A query parameter, or a default. */
    public String query(String name, String otherwise) {
        return query.getOrDefault(name, otherwise);
    }

    /** Whether a query parameter says yes. */
    public boolean flag(String name) {
        String value = query.get(name);
        return value != null && (value.isEmpty() || value.equals("true") || value.equals("1"));
    }

    /** Whether the client asks to go on with the WebSocket protocol. */
    public boolean wantsWebSocket() {
        return "websocket".equalsIgnoreCase(headers.getOrDefault("upgrade", ""))
                && headers.containsKey("sec-websocket-key");
    }
}
