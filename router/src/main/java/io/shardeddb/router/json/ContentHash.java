package io.shardeddb.router.json;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.keyspace.Hash64;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent, as one number, by which a repeat under the same id is known. It does not depend on what the
 * tables look like, so that a repeat is still one after they changed. Neither does it depend on the order of an
 * object's members or on space between them.
 */
public final class ContentHash {
    private ContentHash() {}

    /**
     * The hash of a request.
     *
     * @param what what is done to which table and key, as the client named them
     * @param body the request's body; one that is no JSON counts byte by byte
     * @return never 0
     */
    public static long of(String what, byte[] body) {
        StringBuilder text = new StringBuilder(what).append('\n');
        try {
            append(text, JsonInput.read(body, JsonInput::nextValue));
        } catch (DatabaseException _) {
            text.append(Hash64.of(body));
        }
        return Hash64.of(text.toString().getBytes(StandardCharsets.UTF_8)) | 1;
    }

    private static void append(StringBuilder text, @Nullable Object value) {
        switch (value) {
            case Map<?, ?> members -> {
                TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
                members.forEach((name, member) -> sorted.put(String.valueOf(name), member));
                text.append('{');
                sorted.forEach((name, member) -> {
                    append(text, name);
                    append(text, member);
                });
                text.append('}');
            }
            case List<?> elements -> {
                text.append('[');
                elements.forEach(element -> append(text, element));
                text.append(']');
            }
            case String string ->
                text.append('"').append(string.length()).append(':').append(string);
            case Number number -> text.append('#').append(new BigDecimal(number.toString()).stripTrailingZeros());
            case null, default -> text.append('=').append(value).append(';');
        }
    }
}
