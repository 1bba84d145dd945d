package io.shardeddb.testsupport.documents;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values of the model: their order, and how they come from parsed JSON and go back to it. */
public final class Values {

    private Values() {}

    /** A model's value of parsed JSON: of null, Boolean, Number, String, List and Map. */
    public static Object of(@Nullable Object parsed) {
        return switch (parsed) {
            case null -> Absent.NULL;
            case Integer number -> (long) number;
            case Long number -> number;
            case BigInteger number when number.bitLength() < Long.SIZE -> number.longValue();
            case Number number -> number.doubleValue();
            case List<?> list -> {
                List<Object> values = new ArrayList<>();
                list.forEach(each -> values.add(of(each)));
                yield values;
            }
            case Map<?, ?> map -> {
                Map<String, Object> values = new TreeMap<>();
                map.forEach((name, value) -> values.put((String) name, of(value)));
                yield values;
            }
            default -> parsed;
        };
    }

    /** What a writer of JSON takes: {@link Absent} as null. */
    public static @Nullable Object plain(Object value) {
        return switch (value) {
            case Absent absent -> null;
            case List<?> list -> {
                List<@Nullable Object> values = new ArrayList<>();
                list.forEach(each -> values.add(plain(each)));
                yield values;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> values = new HashMap<>();
                map.forEach((name, each) -> values.put((String) name, plain(each)));
                yield values;
            }
            default -> value;
        };
    }

    /** A copy that shares no list and no map. */
    public static Object copy(Object value) {
        return value instanceof List<?> || value instanceof Map<?, ?> ? of(plain(value)) : value;
    }

    @SuppressWarnings("unchecked") // Every map of the model has names as keys.
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked") // Every list of the model holds values.
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    /** Place of a value's type in the order of BSON. */
    static int rank(Object value) {
        return switch (value) {
            case Absent absent -> 1;
            case Number number -> 2;
            case String text -> 3;
            case Map<?, ?> map -> 4;
            case List<?> list -> 5;
            case Boolean bool -> 6;
            default -> throw new IllegalArgumentException(value.getClass().getName());
        };
    }

    /** Whether two values are equal as the order says. */
    public static boolean same(Object a, Object b) {
        return compare(a, b) == 0;
    }

    /** Whether two values are equal, and a whole number is not taken for a double of the same amount. */
    public static boolean identical(Object a, Object b) {
        return same(a, b) && types(a).equals(types(b));
    }

    private static Object types(Object value) {
        return switch (value) {
            case List<?> list -> list(list).stream().map(Values::types).toList();
            case Map<?, ?> map ->
                object(map).values().stream().map(Values::types).toList();
            default -> value.getClass();
        };
    }

    /** The order of BSON, with what is missing as null. */
    public static int compare(Object a, Object b) {
        int types = Integer.compare(rank(a), rank(b));
        if (types != 0) {
            return types;
        }
        return switch (a) {
            case Number number -> exact(number).compareTo(exact((Number) b));
            case String text ->
                Arrays.compareUnsigned(
                        text.getBytes(StandardCharsets.UTF_8), ((String) b).getBytes(StandardCharsets.UTF_8));
            case Boolean bool -> bool.compareTo((Boolean) b);
            case List<?> list -> compareLists(list(list), list(b));
            case Map<?, ?> map -> compareObjects(object(map), object(b));
            default -> 0;
        };
    }

    private static BigDecimal exact(Number number) {
        return number instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal(number.doubleValue());
    }

    private static int compareLists(List<Object> a, List<Object> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Member by member: first the type, then the name, then the value. */
    private static int compareObjects(Map<String, Object> a, Map<String, Object> b) {
        Iterator<Map.Entry<String, Object>> others = b.entrySet().iterator();
        for (Map.Entry<String, Object> member : a.entrySet()) {
            if (!others.hasNext()) {
                return 1;
            }
            Map.Entry<String, Object> other = others.next();
            int order = Integer.compare(rank(member.getValue()), rank(other.getValue()));
            order = order != 0 ? order : compare(member.getKey(), other.getKey());
            order = order != 0 ? order : compare(member.getValue(), other.getValue());
            if (order != 0) {
                return order;
            }
        }
        return others.hasNext() ? -1 : 0;
    }
}
