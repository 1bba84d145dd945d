package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.ValueOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Operators on arrays and objects, and comparisons. */
final class Arrays {

    /** Most elements of an array that an operator makes. */
    private static final int MOST = 1 << 20;

    private Arrays() {}

    static DocumentValue size(List<@Nullable DocumentValue> values, Spot place) {
        return new DocumentValue.IntegerValue(elements(values.getFirst(), place).size());
    }

    /** The element at an index, from the end if it is negative; missing if there is none. */
    static @Nullable DocumentValue at(List<@Nullable DocumentValue> values, Spot place) {
        if (values.stream().anyMatch(Truth::isNothing)) {
            return DocumentValue.NullValue.NULL;
        }
        List<DocumentValue> elements = elements(values.get(0), place);
        long index = index(values.get(1), place);
        long at = index < 0 ? elements.size() + index : index;
        return at >= 0 && at < elements.size() ? elements.get((int) at) : null;
    }

    static DocumentValue in(List<@Nullable DocumentValue> values, Spot place) {
        for (DocumentValue element : elements(values.get(1), place)) {
            if (compare(values.get(0), element) == 0) {
                return new DocumentValue.BooleanValue(true);
            }
        }
        return new DocumentValue.BooleanValue(false);
    }

    /** All elements of several arrays; null if one of them is nothing. */
    static DocumentValue concat(List<@Nullable DocumentValue> values, Spot place) {
        List<DocumentValue> all = new ArrayList<>();
        for (DocumentValue value : values) {
            if (Truth.isNothing(value)) {
                return DocumentValue.NullValue.NULL;
            }
            List<DocumentValue> elements = elements(value, place);
            if (all.size() + elements.size() > MOST) {
                throw place.error("the array would have more than " + MOST + " elements");
            }
            all.addAll(elements);
        }
        return new DocumentValue.ArrayValue(all);
    }

    /** The members of several objects; of one name, the last. What is nothing counts as an empty object. */
    static DocumentValue merge(List<@Nullable DocumentValue> values, Spot place) {
        SortedMap<String, DocumentValue> all = new TreeMap<>();
        for (DocumentValue value : values) {
            if (value instanceof DocumentValue.ObjectValue object) {
                all.putAll(object.members());
            } else if (!Truth.isNothing(value)) {
                throw place.error("only objects are allowed here, not " + TypeNames.described(value));
            }
        }
        return new DocumentValue.ObjectValue(all);
    }

    /** By the order of all values. What is missing comes first. */
    static int compare(@Nullable DocumentValue a, @Nullable DocumentValue b) {
        if (a == null || b == null) {
            return Boolean.compare(a != null, b != null);
        }
        return ValueOrder.compare(a, b);
    }

    /** An operand that must be a whole number, also if it is written {@code 3.0}. */
    static long index(@Nullable DocumentValue value, Spot place) {
        if (value instanceof DocumentValue.IntegerValue(long number)) {
            return number;
        }
        if (value instanceof DocumentValue.DoubleValue(double number)
                && Math.rint(number) == number
                && Math.abs(number) < 1L << 53) {
            return (long) number;
        }
        throw place.error("a whole number is needed here, not " + TypeNames.described(value));
    }

    private static List<DocumentValue> elements(@Nullable DocumentValue value, Spot place) {
        if (value instanceof DocumentValue.ArrayValue array) {
            return array.elements();
        }
        throw place.error("only an array is allowed here, not " + TypeNames.described(value));
    }
}
