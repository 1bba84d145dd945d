package io.shardeddb.documents.value;

import io.shardeddb.protocol.value.CanonicalJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value of a document or of a request about documents. Values are immutable. {@code equals} tells an integer
 * from a double of the same amount; {@link ValueOrder#equal} does not.
 */
public sealed interface DocumentValue {

    /** JSON's null; what is missing in a document has no value at all. */
    record NullValue() implements DocumentValue {
        /** The only one. */
        public static final NullValue NULL = new NullValue();
    }

    /** True or false. */
    record BooleanValue(boolean value) implements DocumentValue {}

    /** A whole number of 64 bits, written without fraction and exponent. */
    record IntegerValue(long value) implements DocumentValue {}

    /** Any other number. */
    record DoubleValue(double value) implements DocumentValue {
        /**
         * Makes minus zero zero.
         *
         * @throws IllegalArgumentException for what is no finite number
         */
        public DoubleValue {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a number is beyond the range of JSON columns: " + value);
            }
            value += 0.0;
        }
    }

    /** A text. It may hold halves of surrogate pairs, which {@link DocumentRules} refuses to store. */
    record TextValue(String value) implements DocumentValue {}

    /** Values in an order. */
    record ArrayValue(List<DocumentValue> elements) implements DocumentValue {
        /** Copies the list. */
        public ArrayValue {
            elements = List.copyOf(elements);
        }

        /** The element at an index, or null if there is none. */
        public @Nullable DocumentValue get(int index) {
            return index >= 0 && index < elements.size() ? elements.get(index) : null;
        }
    }

    /** Values by name, sorted by the UTF-16 units of the names as in {@link CanonicalJson}. */
    record ObjectValue(SortedMap<String, DocumentValue> members) implements DocumentValue {

        /** The object without members. */
        public static final ObjectValue EMPTY = new ObjectValue(new TreeMap<>());

        /** Copies the members. */
        public ObjectValue {
            SortedMap<String, DocumentValue> sorted = new TreeMap<>();
            sorted.putAll(members);
            members = Collections.unmodifiableSortedMap(sorted);
        }

        /** An object of these members. */
        public static ObjectValue of(Map<String, ? extends DocumentValue> members) {
            return new ObjectValue(new TreeMap<>(members));
        }

        /** The member of a name, or null if there is none. */
        public @Nullable DocumentValue get(String name) {
            return members.get(name);
        }

        /** This object with one member more, or with another value for it. */
        public ObjectValue with(String name, DocumentValue value) {
            SortedMap<String, DocumentValue> more = new TreeMap<>(members);
            more.put(name, value);
            return new ObjectValue(more);
        }

        /** This object without a member; itself if there is none of this name. */
        public ObjectValue without(String name) {
            if (!members.containsKey(name)) {
                return this;
            }
            SortedMap<String, DocumentValue> fewer = new TreeMap<>(members);
            fewer.remove(name);
            return new ObjectValue(fewer);
        }
    }

    /** The value of a boolean. */
    static BooleanValue of(boolean value) {
        return new BooleanValue(value);
    }

    /** The value of a whole number. */
    static IntegerValue of(long value) {
        return new IntegerValue(value);
    }

    /**
     * The value of another number.
     *
     * @throws IllegalArgumentException for what is no finite number
     */
    static DoubleValue of(double value) {
        return new DoubleValue(value);
    }

    /** The value of a text. */
    static TextValue of(String value) {
        return new TextValue(value);
    }

    /**
     * The value of a JSON text.
     *
     * @throws IllegalArgumentException with the place where it is not JSON, or for a number beyond a double's range
     */
    static DocumentValue parse(String json) {
        return ofJava(CanonicalJson.parse(json));
    }

    /**
     * The value of what {@link CanonicalJson#parse} gives: null, Boolean, Number, String, List, or Map with String
     * keys.
     *
     * @throws IllegalArgumentException for anything else, or a number beyond a double's range
     */
    static DocumentValue ofJava(@Nullable Object value) {
        return switch (value) {
            case null -> NullValue.NULL;
            case Boolean bool -> of((boolean) bool);
            case Long whole -> of((long) whole);
            case Integer whole -> of(whole.longValue());
            case BigInteger whole when whole.bitLength() < Long.SIZE -> of(whole.longValue());
            case Number number -> of(number.doubleValue());
            case String text -> of(text);
            case List<?> list -> {
                List<DocumentValue> elements = new ArrayList<>(list.size());
                for (Object element : list) {
                    elements.add(ofJava(element));
                }
                yield new ArrayValue(elements);
            }
            case Map<?, ?> map -> {
                SortedMap<String, DocumentValue> members = new TreeMap<>();
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    members.put((String) member.getKey(), ofJava(member.getValue()));
                }
                yield new ObjectValue(members);
            }
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        };
    }

    /** The same as what {@link CanonicalJson#write} takes. */
    default @Nullable Object toJava() {
        return switch (this) {
            case NullValue() -> null;
            case BooleanValue(boolean value) -> value;
            case IntegerValue(long value) -> value;
            case DoubleValue(double value) -> value;
            case TextValue(String value) -> value;
            case ArrayValue(List<DocumentValue> elements) -> {
                List<@Nullable Object> list = new ArrayList<>(elements.size());
                elements.forEach(element -> list.add(element.toJava()));
                yield list;
            }
            case ObjectValue(SortedMap<String, DocumentValue> members) -> {
                SortedMap<String, @Nullable Object> map = new TreeMap<>();
                members.forEach((name, member) -> map.put(name, member.toJava()));
                yield map;
            }
        };
    }

    /**
     * The canonical JSON text.
     *
     * @throws IllegalArgumentException if it is nested deeper than {@link CanonicalJson#MAX_DEPTH}
     */
    default String toJson() {
        return CanonicalJson.write(toJava());
    }

    /** Bytes of the canonical text in UTF-8. Half a surrogate pair counts three. */
    default int sizeInBytes() {
        return Utf8.length(toJson());
    }

    /** Objects and arrays within one another: 0 for a scalar, 1 for an empty array, 2 for an array within an object. */
    default int depth() {
        return switch (this) {
            case ArrayValue(List<DocumentValue> elements) ->
                1 + elements.stream().mapToInt(DocumentValue::depth).max().orElse(0);
            case ObjectValue(SortedMap<String, DocumentValue> members) ->
                1
                        + members.values().stream()
                                .mapToInt(DocumentValue::depth)
                                .max()
                                .orElse(0);
            default -> 0;
        };
    }

    /** What people call the type: {@code null}, {@code a boolean}, {@code a number}, {@code a text} and so on. */
    default String typeInWords() {
        return switch (this) {
            case NullValue() -> "null";
            case BooleanValue _ -> "a boolean";
            case IntegerValue _, DoubleValue _ -> "a number";
            case TextValue _ -> "a text";
            case ArrayValue _ -> "an array";
            case ObjectValue _ -> "an object";
        };
    }
}
