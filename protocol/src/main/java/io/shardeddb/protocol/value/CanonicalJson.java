package io.shardeddb.protocol.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for each JSON value, so that JSON columns have equal bytes on every replica whatever a database makes of white space,
 * order and numbers: no white space, members sorted by the UTF-16 units of their names, escapes only where they are needed, integers
 * of 64 bits in digits, all other numbers as the shortest decimal of their double. {@link #canonical} of its own output changes nothing,
 * and neither does what a database may make of it in between.
 */
public final class CanonicalJson {

    /** Deepest nesting of what is read or written at all. */
    public static final int MAX_DEPTH = 100;

    /**
     * Objects and arrays within one another, at most, in a value that is stored. MariaDB's functions for JSON take 31 and call deeper texts
     * invalid; MySQL's take 100. Values of one shard may lie on both, so the lesser holds.
     */
    public static final int MAX_STORED_DEPTH = 31;

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** Longest number in digits, sign, point and exponent. */
    private static final int MAX_NUMBER = 400;

    /**
     * Our own bounds are lower than these, or there are none. Names of members come from outside in any number, so none is kept; and no
     * buffer is kept for each thread, because threads are virtual.
     */
    private static final JsonFactory PARSERS = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH + 2)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private CanonicalJson() {}

    /**
     * The canonical form of a JSON text.
     *
     * @throws IllegalArgumentException with the place where it is not JSON
     */
    public static String canonical(String json) {
        return write(parse(json));
    }

    /**
     * The canonical text of a value made of null, Boolean, Number, String, List and Map with String keys.
     *
     * @throws IllegalArgumentException for anything else, nesting below {@link #MAX_DEPTH}, or numbers beyond a double's range
     */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    /** Parses a text into null, Boolean, Long, BigInteger, BigDecimal, String, List and Map. @throws IllegalArgumentException with the place */
    public static @Nullable Object parse(String json) {
        try (JsonParser parser = PARSERS.createParser(json)) {
            parser.nextToken();
            Object value = value(parser, 0);
            if (parser.nextToken() != null) {
                throw broken(parser.currentTokenLocation(), "something follows the value", null);
            }
            return value;
        } catch (JsonEOFException e) {
            throw broken(e.getLocation(), "it ends too early", e);
        } catch (JsonProcessingException e) {
            throw broken(e.getLocation(), e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory was not read", e);
        }
    }

    /** How many objects and arrays of a JSON text lie within one another at most: 0 for a number, 1 for {@code []}, 2 for {@code [{}]}. */
    public static int depth(String json) {
        int depth = 0;
        int deepest = 0;
        boolean inText = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inText) {
                // What is escaped does not end the text.
                i += c == '\\' ? 1 : 0;
                inText = c != '"';
            } else if (c == '"') {
                inText = true;
            } else if (c == '[' || c == '{') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == ']' || c == '}') {
                depth--;
            }
        }
        return deepest;
    }

    /** Says that a JSON text is nested deeper than is stored. */
    public static String tooDeep(int depth) {
        return "JSON with " + depth + " objects and arrays within one another, at most " + MAX_STORED_DEPTH
                + " are stored";
    }

    private static void write(StringBuilder out, @Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("JSON is nested deeper than " + MAX_DEPTH);
        }
        switch (value) {
            case null -> out.append("null");
            case Boolean bool -> out.append(bool);
            case Number number -> writeNumber(out, number);
            case String text -> writeText(out, text);
            case List<?> list -> {
                char separator = '[';
                for (Object element : list) {
                    out.append(separator);
                    write(out, element, depth + 1);
                    separator = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Map<?, ?> map -> writeObject(out, map, depth);
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        }
    }

    private static void writeObject(StringBuilder out, Map<?, ?> map, int depth) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((name, member) -> sorted.put((String) name, member));
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, @Nullable Object> member : sorted.entrySet()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            writeText(out, member.getKey());
            out.append(':');
            write(out, member.getValue(), depth + 1);
        }
        out.append('}');
    }

    private static void writeNumber(StringBuilder out, Number number) {
        if (number instanceof Long || number instanceof Integer) {
            out.append(number.longValue());
            return;
        }
        if (number instanceof BigInteger integer && integer.compareTo(LEAST) >= 0 && integer.compareTo(GREATEST) <= 0) {
            out.append(integer);
            return;
        }
        double real = number.doubleValue();
        if (!Double.isFinite(real)) {
            throw new IllegalArgumentException("a number is beyond the range of JSON columns: " + number);
        }
        out.append(real + 0.0);
    }

    /** Appends a text in quotes, with the escapes that JSON asks for and no others. */
    public static void writeText(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static @Nullable Object value(JsonParser parser, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw broken(parser.currentLocation(), "nested deeper than " + MAX_DEPTH, null);
        }
        return switch (parser.currentToken()) {
            case null -> throw broken(parser.currentLocation(), "a value is missing", null);
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser, depth + 1));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser, depth + 1));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> number(parser);
        };
    }

    private static Number number(JsonParser parser) throws IOException {
        String text = parser.getText();
        if (text.length() > MAX_NUMBER) {
            throw broken(parser.currentLocation(), "a number has more than " + MAX_NUMBER + " characters", null);
        }
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            return new BigDecimal(text);
        }
        return text.length() <= 18 ? (Number) Long.valueOf(text) : new BigInteger(text);
    }

    private static IllegalArgumentException broken(
            JsonLocation place, String reason, @Nullable JsonProcessingException cause) {
        return new IllegalArgumentException("not JSON at character " + place.getCharOffset() + ": " + reason, cause);
    }
}
