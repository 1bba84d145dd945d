package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic. Whole numbers stay exact; a result beyond 64 bits becomes a double. An operand that is null or missing
 * makes the result null.
 */
final class Numbers {

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    /** A sum of any number of operands, of which the whole numbers are added exactly. */
    static DocumentValue add(List<@Nullable DocumentValue> values, Spot place) {
        Sum sum = new Sum();
        for (DocumentValue value : values) {
            if (Truth.isNothing(value)) {
                return DocumentValue.NullValue.NULL;
            }
            sum.add(number(value, place));
        }
        return sum.value(place);
    }

    /** A product of any number of operands. */
    static DocumentValue multiply(List<@Nullable DocumentValue> values, Spot place) {
        BigInteger wholes = BigInteger.ONE;
        double reals = 1;
        boolean real = false;
        for (DocumentValue value : values) {
            if (Truth.isNothing(value)) {
                return DocumentValue.NullValue.NULL;
            }
            DocumentValue number = number(value, place);
            if (!real && number instanceof DocumentValue.IntegerValue(long whole)) {
                wholes = wholes.multiply(BigInteger.valueOf(whole));
                // A product of many numbers would otherwise grow without end.
                real = wholes.bitLength() > 128;
                reals = wholes.doubleValue();
            } else {
                real = true;
                reals *= toDouble(number);
            }
        }
        return real ? finite(reals, place) : whole(wholes);
    }

    static DocumentValue subtract(List<@Nullable DocumentValue> values, Spot place) {
        if (values.stream().anyMatch(Truth::isNothing)) {
            return DocumentValue.NullValue.NULL;
        }
        DocumentValue from = number(values.get(0), place);
        DocumentValue what = number(values.get(1), place);
        return from instanceof DocumentValue.IntegerValue(long a) && what instanceof DocumentValue.IntegerValue(long b)
                ? whole(BigInteger.valueOf(a).subtract(BigInteger.valueOf(b)))
                : finite(toDouble(from) - toDouble(what), place);
    }

    /** Always a double, as in MongoDB: {@code 4 / 2} is {@code 2.0}. */
    static DocumentValue divide(List<@Nullable DocumentValue> values, Spot place) {
        if (values.stream().anyMatch(Truth::isNothing)) {
            return DocumentValue.NullValue.NULL;
        }
        double by = toDouble(number(values.get(1), place));
        if (by == 0) {
            throw place.error("division by zero");
        }
        return finite(toDouble(number(values.get(0), place)) / by, place);
    }

    /** The remainder, with the sign of the first operand. */
    static DocumentValue mod(List<@Nullable DocumentValue> values, Spot place) {
        if (values.stream().anyMatch(Truth::isNothing)) {
            return DocumentValue.NullValue.NULL;
        }
        DocumentValue of = number(values.get(0), place);
        DocumentValue by = number(values.get(1), place);
        if (toDouble(by) == 0) {
            throw place.error("division by zero");
        }
        return of instanceof DocumentValue.IntegerValue(long a) && by instanceof DocumentValue.IntegerValue(long b)
                ? new DocumentValue.IntegerValue(a % b)
                : finite(toDouble(of) % toDouble(by), place);
    }

    static DocumentValue abs(List<@Nullable DocumentValue> values, Spot place) {
        if (Truth.isNothing(values.getFirst())) {
            return DocumentValue.NullValue.NULL;
        }
        return number(values.getFirst(), place) instanceof DocumentValue.IntegerValue(long whole)
                ? whole(BigInteger.valueOf(whole).abs())
                : finite(Math.abs(toDouble(number(values.getFirst(), place))), place);
    }

    /** The next whole number below or above; of a double, a double. */
    static DocumentValue rounded(@Nullable DocumentValue value, boolean up, Spot place) {
        if (Truth.isNothing(value)) {
            return DocumentValue.NullValue.NULL;
        }
        DocumentValue number = number(value, place);
        if (number instanceof DocumentValue.DoubleValue(double real)) {
            return finite(up ? Math.ceil(real) : Math.floor(real), place);
        }
        return number;
    }

    /** The operand as a number; an error if it is none. */
    static DocumentValue number(@Nullable DocumentValue value, Spot place) {
        if (value instanceof DocumentValue.IntegerValue || value instanceof DocumentValue.DoubleValue) {
            return value;
        }
        throw place.error("only numbers are allowed here, not " + TypeNames.described(value));
    }

    static double toDouble(DocumentValue number) {
        return switch (number) {
            case DocumentValue.IntegerValue(long whole) -> whole;
            case DocumentValue.DoubleValue(double real) -> real;
            default -> throw new IllegalArgumentException("no number: " + number);
        };
    }

    /** A whole number, or a double if it has more than 64 bits. */
    static DocumentValue whole(BigInteger number) {
        return number.compareTo(LEAST) >= 0 && number.compareTo(GREATEST) <= 0
                ? new DocumentValue.IntegerValue(number.longValue())
                : new DocumentValue.DoubleValue(number.doubleValue());
    }

    static DocumentValue finite(double number, Spot place) {
        if (!Double.isFinite(number)) {
            throw place.error("the result is beyond the range of doubles");
        }
        return new DocumentValue.DoubleValue(number);
    }
}
