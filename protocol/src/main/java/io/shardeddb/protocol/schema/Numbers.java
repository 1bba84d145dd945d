package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType.DecimalType;
import io.shardeddb.protocol.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Input to integers, decimals and floating-point numbers. */
final class Numbers {

    /** Whole numbers up to here are exact in a double, so a browser reads them as they are. */
    private static final BigInteger EXACT_IN_DOUBLE = BigInteger.ONE.shiftLeft(53);

    /** More digits than any type has; guards against huge exponents. */
    private static final int MAX_DIGITS = 400;

    private static final Pattern INTEGER_TEXT = Pattern.compile("-?[0-9]{1,20}");

    private Numbers() {}

    static Value integer(Object input, int bits, boolean unsigned, CoercionMode mode) {
        if (!unsigned && (input instanceof Long || input instanceof Integer)) {
            long value = ((Number) input).longValue();
            if (value >> (bits - 1) == value >> 63) {
                return new Value.Int64(value);
            }
        }
        BigInteger value = wholeNumber(input, mode);
        BigInteger least =
                unsigned ? BigInteger.ZERO : BigInteger.ONE.shiftLeft(bits - 1).negate();
        BigInteger greatest =
                BigInteger.ONE.shiftLeft(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
        if (value.compareTo(least) < 0 || value.compareTo(greatest) > 0) {
            throw InvalidValue.outOfRange(value + " is not within " + least + " to " + greatest);
        }
        return unsigned && bits == 64 ? new Value.Unsigned64(value.longValue()) : new Value.Int64(value.longValue());
    }

    private static BigInteger wholeNumber(Object input, CoercionMode mode) {
        if (mode == CoercionMode.STRICT && input instanceof String text) {
            if (INTEGER_TEXT.matcher(text).matches()) {
                BigInteger value = new BigInteger(text);
                if (value.abs().compareTo(EXACT_IN_DOUBLE) > 0) {
                    return value;
                }
            }
            throw InvalidValue.wrongType(input, "a whole number (as a string only beyond 2^53)");
        }
        if (mode == CoercionMode.SEED && input instanceof Boolean bool) {
            return bool ? BigInteger.ONE : BigInteger.ZERO;
        }
        BigDecimal value = number(input, mode);
        if (value == null) {
            throw InvalidValue.wrongType(input, "a whole number");
        }
        if (mode == CoercionMode.SEED) {
            return value.setScale(0, RoundingMode.HALF_UP).toBigInteger();
        }
        if (value.stripTrailingZeros().scale() > 0) {
            throw new InvalidValue(ErrorCode.VALUE_OUT_OF_RANGE, value.toPlainString() + " has a fraction");
        }
        return value.toBigInteger();
    }

    static Value decimal(Object input, DecimalType type, CoercionMode mode) {
        // Exact decimals are strings where a reader would make a double of them; so they are taken as strings, too.
        BigDecimal value = number(input, CoercionMode.SEED);
        if (value == null) {
            throw InvalidValue.wrongType(input, "a number, or a string of digits");
        }
        if (mode == CoercionMode.STRICT && value.stripTrailingZeros().scale() > type.scale()) {
            throw InvalidValue.outOfRange(
                    value.toPlainString() + " has more than " + type.scale() + " fraction digits");
        }
        BigDecimal stored = value.setScale(type.scale(), RoundingMode.HALF_UP);
        if (stored.precision() - stored.scale() > type.precision() - type.scale()) {
            throw InvalidValue.outOfRange(stored.toPlainString() + " has more than " + (type.precision() - type.scale())
                    + " digits before the point");
        }
        return new Value.Text(stored.toPlainString());
    }

    static Value floating(Object input, boolean single, CoercionMode mode) {
        if (!(input instanceof Number) && mode == CoercionMode.STRICT) {
            throw InvalidValue.wrongType(input, "a number");
        }
        BigDecimal exact = number(input, mode);
        if (exact == null) {
            throw InvalidValue.wrongType(input, "a number");
        }
        double value = single ? exact.floatValue() : exact.doubleValue();
        if (!Double.isFinite(value)) {
            throw InvalidValue.outOfRange("the number is beyond the type's range");
        }
        return new Value.Real(value);
    }

    /** The exact number, or null when it is none; strings only with SEED. */
    private static @Nullable BigDecimal number(Object input, CoercionMode mode) {
        BigDecimal value = exact(input, mode);
        if (value != null && (value.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_DIGITS)) {
            throw InvalidValue.outOfRange("the number has too many digits");
        }
        return value;
    }

    private static @Nullable BigDecimal exact(Object input, CoercionMode mode) {
        return switch (input) {
            case Long number -> BigDecimal.valueOf(number);
            case Integer number -> BigDecimal.valueOf(number);
            case BigInteger number -> new BigDecimal(number);
            case BigDecimal number -> number;
            case Number number -> Double.isFinite(number.doubleValue()) ? new BigDecimal(number.toString()) : null;
            case String text -> mode == CoercionMode.SEED && text.length() <= MAX_DIGITS ? parse(text) : null;
            default -> null;
        };
    }

    private static @Nullable BigDecimal parse(String text) {
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException ignored) {
            return null;
        }
    }

    /** A number's text when the seeds' endpoints put it into a String column. */
    static String plain(Number number) {
        return number instanceof BigDecimal decimal && Math.abs((long) decimal.scale()) <= MAX_DIGITS
                ? decimal.toPlainString()
                : number.toString();
    }
}
