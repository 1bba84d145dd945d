package io.shardeddb.protocol.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One text for each JSON value. So JSON columns have equal bytes on every replica, whatever a database does with white
 * space, order and numbers. The text has no white space, its members are sorted by the UTF-16 units of their names, and
 * escapes are only where they are needed. Integers of 64 bits are written in digits, and all other numbers as the
 * shortest decimal of their double. {@link #canonical} of its own output changes nothing, and neither does what a
 * database may make of it in between.
 */
public final class CanonicalJson {

    /** Deepest nesting of what is read or written at all. */
    public static final int MAX_DEPTH = 100;

    /**
     * Objects and arrays within one another, at most, in a value that is stored. MariaDB's functions for JSON take 31
     * and call deeper texts invalid; MySQL's take 100. Values of one shard may lie on both, so the lesser holds.
     */
    public static final int MAX_STORED_DEPTH = 31;

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

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
     * @throws IllegalArgumentException for anything else, nesting below {@link #MAX_DEPTH}, or numbers beyond a
     *     double's range
     */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    /**
     * Parses a text into null, Boolean, Long, BigInteger, BigDecimal, String, List and Map. @throws
     * IllegalArgumentException with the place
     */
    public static @Nullable Object parse(String json) {
        return new Parser(json).document();
    }

    /**
     * How many objects and arrays of a JSON text lie within one another at most: 0 for a number, 1 for {@code []}, 2
     * for {@code [{}]}.
     */
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

    private static final class Parser {
        private final String json;
        private int at;

        Parser(String json) {
            this.json = json;
        }

        @Nullable
        Object document() {
            Object value = value(0);
            space();
            if (at < json.length()) {
                throw broken("something follows the value");
            }
            return value;
        }

        private @Nullable Object value(int depth) {
            if (depth > MAX_DEPTH) {
                throw broken("nested deeper than " + MAX_DEPTH);
            }
            space();
            if (at >= json.length()) {
                throw broken("a value is missing");
            }
            char c = json.charAt(at);
            return switch (c) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> text();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private Map<String, @Nullable Object> object(int depth) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            at++;
            space();
            if (peek() == '}') {
                at++;
                return members;
            }
            while (true) {
                space();
                if (peek() != '"') {
                    throw broken("a member's name is missing");
                }
                String name = text();
                space();
                if (peek() != ':') {
                    throw broken("':' is missing");
                }
                at++;
                members.put(name, value(depth + 1));
                space();
                char next = peek();
                at++;
                if (next == '}') {
                    return members;
                }
                if (next != ',') {
                    at--;
                    throw broken("',' or '}' is missing");
                }
            }
        }

        private List<@Nullable Object> array(int depth) {
            List<@Nullable Object> elements = new ArrayList<>();
            at++;
            space();
            if (peek() == ']') {
                at++;
                return elements;
            }
            while (true) {
                elements.add(value(depth + 1));
                space();
                char next = peek();
                at++;
                if (next == ']') {
                    return elements;
                }
                if (next != ',') {
                    at--;
                    throw broken("',' or ']' is missing");
                }
            }
        }

        private String text() {
            StringBuilder out = new StringBuilder();
            at++;
            while (at < json.length()) {
                char c = json.charAt(at++);
                if (c == '"') {
                    return out.toString();
                }
                if (c < ' ') {
                    throw broken("a control character stands in a text");
                }
                out.append(c == '\\' ? escape() : c);
            }
            throw broken("a text does not end");
        }

        private char escape() {
            char c = peek();
            at++;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    int code = 0;
                    for (int i = 0; i < 4; i++) {
                        int digit = Character.digit(peek(), 16);
                        if (digit < 0) {
                            throw broken("an escape needs four hexadecimal digits");
                        }
                        code = code * 16 + digit;
                        at++;
                    }
                    yield (char) code;
                }
                default -> throw broken("an unknown escape");
            };
        }

        private @Nullable Object word(String word, @Nullable Object value) {
            if (!json.startsWith(word, at)) {
                throw broken("not a value");
            }
            at += word.length();
            return value;
        }

        private Number number() {
            int start = at;
            boolean integer = true;
            if (peek() == '-') {
                at++;
            }
            int digits = at;
            digits();
            if (json.charAt(digits) == '0' && at > digits + 1) {
                throw broken("a number starts with 0");
            }
            if (peek() == '.') {
                integer = false;
                at++;
                digits();
            }
            if (peek() == 'e' || peek() == 'E') {
                integer = false;
                at++;
                if (peek() == '+' || peek() == '-') {
                    at++;
                }
                digits();
            }
            if (at - start > 400) {
                throw broken("a number has more than 400 characters");
            }
            String text = json.substring(start, at);
            if (!integer) {
                return new BigDecimal(text);
            }
            return text.length() <= 18 ? (Number) Long.valueOf(text) : new BigInteger(text);
        }

        private void digits() {
            int start = at;
            while (peek() >= '0' && peek() <= '9') {
                at++;
            }
            if (at == start) {
                throw broken(at >= json.length() ? "a number is cut off" : "not a value");
            }
        }

        private char peek() {
            return at < json.length() ? json.charAt(at) : '\0';
        }

        private void space() {
            while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
                at++;
            }
        }

        private IllegalArgumentException broken(String reason) {
            return new IllegalArgumentException("not JSON at character " + at + ": " + reason);
        }
    }
}
