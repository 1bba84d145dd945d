package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.schema.ColumnType.StringType;
import io.shardeddb.protocol.schema.ColumnType.TimeType;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.util.Arrays;

/** The order of key values in the databases' indexes, so that answers of several shards can be merged. */
public final class KeyOrder {

    private KeyOrder() {}

    /**
     * Compares two values of a column. NULL is least.
     *
     * @throws IllegalArgumentException for values of different forms, which no column has
     */
    public static int compare(ColumnType type, Value left, Value right) {
        if (left instanceof Value.Null || right instanceof Value.Null) {
            return Boolean.compare(!(left instanceof Value.Null), !(right instanceof Value.Null));
        }
        if (left instanceof Value.Int64(long a) && right instanceof Value.Int64(long b)) {
            return Long.compare(a, b);
        }
        if (left instanceof Value.Unsigned64(long a) && right instanceof Value.Unsigned64(long b)) {
            return Long.compareUnsigned(a, b);
        }
        if (left instanceof Value.Real(double a) && right instanceof Value.Real(double b)) {
            return Double.compare(a, b);
        }
        if (left instanceof Value.Blob(var a) && right instanceof Value.Blob(var b)) {
            return Arrays.compareUnsigned(a.toByteArray(), b.toByteArray());
        }
        if (left instanceof Value.Text(String a) && right instanceof Value.Text(String b)) {
            return switch (type) {
                case DecimalType ignored -> new BigDecimal(a).compareTo(new BigDecimal(b));
                case TimeType ignored -> compareTimes(a, b);
                case StringType ignored -> comparePadded(a, b);
                // Dates and times with a fixed width sort as their text does.
                default -> a.compareTo(b);
            };
        }
        throw new IllegalArgumentException("values of different forms: " + left + " and " + right);
    }

    private static int compareTimes(String a, String b) {
        boolean negative = a.startsWith("-");
        if (negative != b.startsWith("-")) {
            return negative ? -1 : 1;
        }
        // Hours have two or three digits: the longer text is the greater amount.
        int amount = a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
        return negative ? -amount : amount;
    }

    /** utf8mb4_bin: by code point, the shorter one padded with spaces. */
    private static int comparePadded(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            int left = i < a.length() ? a.codePointAt(i) : ' ';
            int right = j < b.length() ? b.codePointAt(j) : ' ';
            if (left != right) {
                return Integer.compare(left, right);
            }
            i += i < a.length() ? Character.charCount(left) : 0;
            j += j < b.length() ? Character.charCount(right) : 0;
        }
        return 0;
    }
}
