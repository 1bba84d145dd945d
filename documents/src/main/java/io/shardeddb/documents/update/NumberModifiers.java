package io.shardeddb.documents.update;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.DocumentValue.DoubleValue;
import io.shardeddb.documents.value.DocumentValue.IntegerValue;
import io.shardeddb.documents.value.ValueOrder;
import org.jspecify.annotations.Nullable;

/** The operators that compute with a value, or compare it. */
final class NumberModifiers {

    private NumberModifiers() {}

    /**
     * {@code $inc} and {@code $mul}. Two whole numbers give a whole number, and an error if it has more than 64 bits.
     *
     * @param by an integer or a double
     * @param product whether it is multiplied, and not added
     */
    record Arithmetic(DocumentValue by, boolean product) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            DocumentValue before = present == null ? absent() : present;
            if (!isNumber(before)) {
                throw spot.error("a number is needed there, but the document has " + before.typeInWords());
            }
            DocumentValue after = before instanceof IntegerValue(long a) && by instanceof IntegerValue(long b)
                    ? whole(a, b, spot)
                    : real(toDouble(before), toDouble(by), spot);
            return after.equals(present) ? before : after;
        }

        /** As if it were 0, in the operand's own type. */
        private DocumentValue absent() {
            return by instanceof IntegerValue ? DocumentValue.of(0L) : DocumentValue.of(0.0);
        }

        private DocumentValue whole(long a, long b, Spot spot) {
            try {
                return DocumentValue.of(product ? Math.multiplyExact(a, b) : Math.addExact(a, b));
            } catch (ArithmeticException beyond) {
                throw spot.error("the result of " + a + (product ? " * " : " + ") + b
                        + " has more than 64 bits; write the operand with a fraction, such as " + b
                        + ".0, for a double");
            }
        }

        private DocumentValue real(double a, double b, Spot spot) {
            double result = product ? a * b : a + b;
            if (!Double.isFinite(result)) {
                throw spot.error(
                        "the result of " + a + (product ? " * " : " + ") + b + " is beyond the range of doubles");
            }
            return DocumentValue.of(result);
        }
    }

    /**
     * {@code $min} and {@code $max}: the lesser or greater of two values, which are of one kind.
     *
     * @param greater whether the greater one is wanted
     */
    record Extreme(DocumentValue value, boolean greater) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            if (present == null) {
                return value;
            }
            if (ValueOrder.kind(present) != ValueOrder.kind(value)) {
                throw spot.error("only values of one type are compared, but the document has " + present.typeInWords()
                        + " and the operand is " + value.typeInWords());
            }
            int order = ValueOrder.compare(value, present);
            return (greater ? order > 0 : order < 0) ? value : present;
        }
    }

    /** {@code $bit}: a whole number combined with another one, bit by bit. */
    record Bits(String operation, long operand) implements Modifier {
        @Override
        public DocumentValue apply(@Nullable DocumentValue present, Spot spot) {
            DocumentValue before = present == null ? DocumentValue.of(0L) : present;
            if (!(before instanceof IntegerValue(long number))) {
                throw spot.error("a whole number is needed there, but the document has " + before.typeInWords());
            }
            DocumentValue after = DocumentValue.of(
                    switch (operation) {
                        case "and" -> number & operand;
                        case "or" -> number | operand;
                        default -> number ^ operand;
                    });
            return after.equals(present) ? before : after;
        }
    }

    static boolean isNumber(DocumentValue value) {
        return value instanceof IntegerValue || value instanceof DoubleValue;
    }

    private static double toDouble(DocumentValue number) {
        return number instanceof IntegerValue(long whole) ? whole : ((DoubleValue) number).value();
    }
}
