package io.shardeddb.router.http.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.json.ConditionInput;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.keyvalue.Increment;
import io.shardeddb.router.keyvalue.KeyCondition;
import io.shardeddb.router.keyvalue.Put;
import io.shardeddb.router.keyvalue.Space;
import io.shardeddb.router.keyvalue.expiry.Expiry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Bodies of requests for keys. Pure. Each method throws {@link DatabaseException} of kind INVALID. */
final class KeyValueBodies {

    private static final String BASE64 = "Base64";

    private KeyValueBodies() {}

    /** {@code {"by","min","max","initial","ttlSeconds"}}; an empty body adds 1. */
    static Increment increment(ByteString key, byte[] body) {
        Map<?, ?> given = body.length == 0 ? Map.of() : object(JsonInput.read(body, JsonInput::nextValue), "the body");
        requireKnown(given, Set.of("by", "min", "max", "initial", "ttlSeconds"));
        Long by = number(given, "by");
        Long initial = number(given, "initial");
        return new Increment(
                key,
                by == null ? 1 : by,
                number(given, "min"),
                number(given, "max"),
                initial == null ? 0 : initial,
                ttl(given));
    }

    /** {@code {"keys":[..]}}: each a text, or an object with {@code keyBase64}. */
    static List<ByteString> keys(byte[] body) {
        List<ByteString> keys = new ArrayList<>();
        for (Object each : list(body, "keys")) {
            try {
                ByteString key = key(each);
                var _ = Space.key(key);
                keys.add(key);
            } catch (DatabaseException e) {
                throw e.with("row", Integer.toString(keys.size()));
            }
        }
        return keys;
    }

    private static ByteString key(Object given) {
        if (given instanceof String text) {
            return ByteString.copyFromUtf8(text);
        }
        Map<?, ?> members = object(given, "a key that is no text");
        requireKnown(members, Set.of("key", "keyBase64"));
        return required(bytes(members, "key"), "key");
    }

    /** {@code {"entries":[{"key","value","type","number","ttlSeconds","if"}]}}. */
    static List<Put> puts(byte[] body) {
        List<Put> puts = new ArrayList<>();
        for (Object each : list(body, "entries")) {
            try {
                puts.add(put(object(each, "an entry")));
            } catch (DatabaseException e) {
                throw e.with("row", Integer.toString(puts.size()));
            }
        }
        return puts;
    }

    private static Put put(Map<?, ?> given) {
        requireKnown(given, Set.of("key", "keyBase64", "value", "valueBase64", "type", "number", "ttlSeconds", "if"));
        ByteString value = bytes(given, "value");
        Long number = number(given, "number");
        if ((value == null) == (number == null)) {
            throw malformed("an entry has value, valueBase64 or number, and one of them alone", "value");
        }
        Object type = given.get("type");
        if (type != null && !(type instanceof String)) {
            throw malformed("type must be a text", "type");
        }
        String stated = type instanceof String text ? text : Space.TEXT;
        return new Put(
                required(bytes(given, "key"), "key"),
                value,
                number != null ? Space.TEXT : stated,
                number,
                ttl(given),
                condition(given.get("if")));
    }

    private static KeyCondition condition(@Nullable Object given) {
        if (given == null) {
            return KeyCondition.NONE;
        }
        Map<?, ?> condition = object(given, "\"if\"");
        if (condition.size() == 1 && Boolean.TRUE.equals(condition.get("absent"))) {
            return new KeyCondition.IfAbsent();
        }
        if (condition.size() == 1 && Boolean.TRUE.equals(condition.get("present"))) {
            return new KeyCondition.IfPresent();
        }
        if (condition.size() == 1 && condition.get("version") instanceof String version) {
            return new KeyCondition.IfVersion(ConditionInput.version(version));
        }
        throw malformed("\"if\" is {\"absent\":true}, {\"present\":true} or {\"version\":\"..\"}", "if");
    }

    private static List<?> list(byte[] body, String name) {
        Map<?, ?> given = object(JsonInput.read(body, JsonInput::nextValue), "the body");
        requireKnown(given, Set.of(name));
        if (given.get(name) instanceof List<?> list) {
            return list;
        }
        throw malformed("\"" + name + "\" must be an array", name);
    }

    private static @Nullable ByteString bytes(Map<?, ?> given, String name) {
        Object text = given.get(name);
        Object coded = given.get(name + BASE64);
        if (text != null && coded != null) {
            throw malformed("there is either " + name + " or " + name + BASE64, name);
        }
        if (text == null && coded == null) {
            return null;
        }
        if (text instanceof String known) {
            return ByteString.copyFromUtf8(known);
        }
        if (coded instanceof String known) {
            try {
                return ByteString.copyFrom(Base64.getDecoder().decode(known));
            } catch (IllegalArgumentException e) {
                throw malformed(name + BASE64 + " is no Base64: " + e.getMessage(), name + BASE64);
            }
        }
        throw malformed(name + " must be a text", name);
    }

    private static ByteString required(@Nullable ByteString bytes, String name) {
        if (bytes == null) {
            throw malformed("\"" + name + "\" is missing", name);
        }
        return bytes;
    }

    private static @Nullable Long number(Map<?, ?> given, String name) {
        Object number = given.get(name);
        if (number == null) {
            return null;
        }
        if (number instanceof Long known) {
            return known;
        }
        try {
            if (number instanceof Integer || number instanceof String) {
                return Long.parseLong(number.toString());
            }
            if (number instanceof BigDecimal exact && exact.scale() <= 1 && exact.precision() <= 19) {
                return exact.longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw malformed(name + " must be a whole number of 64 bits, not '" + number + "'", name);
        }
        throw malformed(name + " must be a whole number of 64 bits", name);
    }

    private static @Nullable Long ttl(Map<?, ?> given) {
        Object seconds = given.get("ttlSeconds");
        if (seconds == null) {
            return null;
        }
        if (seconds instanceof Number) {
            return Expiry.millis(seconds.toString());
        }
        throw malformed("ttlSeconds must be a number", "ttlSeconds");
    }

    private static Map<?, ?> object(@Nullable Object given, String what) {
        if (given instanceof Map<?, ?> members) {
            return members;
        }
        throw malformed(what + " must be an object", "body");
    }

    private static void requireKnown(Map<?, ?> given, Set<String> known) {
        for (Object name : given.keySet()) {
            if (!known.contains(String.valueOf(name))) {
                throw malformed("there may be " + new TreeSet<>(known) + ", not '" + name + "'", String.valueOf(name));
            }
        }
    }

    private static DatabaseException malformed(String what, String field) {
        return new DatabaseException(ErrorCode.MALFORMED_REQUEST, what, Map.of("field", field));
    }
}
