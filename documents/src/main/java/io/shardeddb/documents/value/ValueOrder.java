package io.shardeddb.documents.value;

import io.shardeddb.documents.value.DocumentValue.ArrayValue;
import io.shardeddb.documents.value.DocumentValue.BooleanValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.DocumentValue.NullValue;
import io.shardeddb.documents.value.DocumentValue.ObjectValue;
import io.shardeddb.documents.value.DocumentValue.TextValue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * BSON's order of values, as far as JSON has them: null, numbers, texts, objects, arrays, booleans. Numbers are
 * compared by their exact amount, texts by code points. What is missing counts as null.
 */
public final class ValueOrder {

    /** The order. Values that it calls equal may be an integer and a double. */
    public static final Comparator<@Nullable DocumentValue> COMPARATOR = ValueOrder::compare;

    private static final double TWO_TO_63 = 0x1p63;

    private ValueOrder() {}

    /** The types in their order; values of one kind are comparable by filters. */
    public enum Kind {
        NULL,
        NUMBER,
        TEXT,
        OBJECT,
        ARRAY,
        BOOLEAN
    }

    /** The kind of a value; what is missing is null's. */
    public static Kind kind(@Nullable DocumentValue value) {
        return switch (value) {
            case null -> Kind.NULL;
            case NullValue _ -> Kind.NULL;
            case IntegerValue _, DoubleValue _ -> Kind.NUMBER;
            case TextValue _ -> Kind.TEXT;
            case ObjectValue _ -> Kind.OBJECT;
            case ArrayValue _ -> Kind.ARRAY;
            case BooleanValue _ -> Kind.BOOLEAN;
        };
    }

    /** Less than, equal to or greater than 0, as the first value is to the second. */
    public static int compare(@Nullable DocumentValue a, @Nullable DocumentValue b) {
        Kind kind = kind(a);
        int kinds = kind.compareTo(kind(b));
        if (kinds != 0 || a == null || b == null) {
            return kinds;
        }
        return switch (a) {
            case NullValue _ -> 0;
            case IntegerValue(long x) ->
                b instanceof IntegerValue(long y) ? Long.compare(x, y) : compare(x, ((DoubleValue) b).value());
            case DoubleValue(double x) ->
                b instanceof IntegerValue(long y) ? -compare(y, x) : Double.compare(x, ((DoubleValue) b).value());
            case TextValue(String x) -> Utf8.compare(x, ((TextValue) b).value());
            case BooleanValue(boolean x) -> Boolean.compare(x, ((BooleanValue) b).value());
            case ArrayValue x -> arrays(x, (ArrayValue) b);
            case ObjectValue x -> objects(x, (ObjectValue) b);
        };
    }

    /** Whether two values are the same amount, text and so on; an integer may equal a double. */
    public static boolean equal(@Nullable DocumentValue a, @Nullable DocumentValue b) {
        return compare(a, b) == 0;
    }

    /** An integer against a double, exactly: rounding the integer first would call different numbers equal. */
    private static int compare(long whole, double real) {
        if (real >= TWO_TO_63) {
            return -1;
        }
        if (real < -TWO_TO_63) {
            return 1;
        }
        long truncated = (long) real;
        return whole != truncated ? Long.compare(whole, truncated) : Double.compare((double) truncated, real);
    }

    private static int arrays(ArrayValue a, ArrayValue b) {
        Iterator<DocumentValue> others = b.elements().iterator();
        for (DocumentValue element : a.elements()) {
            if (!others.hasNext()) {
                return 1;
            }
            int compared = compare(element, others.next());
            if (compared != 0) {
                return compared;
            }
        }
        return others.hasNext() ? -1 : 0;
    }

    private static int objects(ObjectValue a, ObjectValue b) {
        Iterator<Map.Entry<String, DocumentValue>> others =
                b.members().entrySet().iterator();
        for (Map.Entry<String, DocumentValue> member : a.members().entrySet()) {
            if (!others.hasNext()) {
                return 1;
            }
            Map.Entry<String, DocumentValue> other = others.next();
            int compared = kind(member.getValue()).compareTo(kind(other.getValue()));
            compared = compared != 0 ? compared : Utf8.compare(member.getKey(), other.getKey());
            compared = compared != 0 ? compared : compare(member.getValue(), other.getValue());
            if (compared != 0) {
                return compared;
            }
        }
        return others.hasNext() ? -1 : 0;
    }
}
