package io.shardeddb.documents.expression;

import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.math.BigInteger;

/**
 * A sum that grows by one number at a time. Whole numbers are added exactly, whatever their order. Doubles are added
 * with the error of each step carried along (Neumaier), so that their order hardly counts.
 */
public final class Sum {

    private BigInteger beyond = BigInteger.ZERO;
    private long wholes;
    private double reals;
    private double lost;
    private boolean real;
    private long count;

    /** Adds a number; anything else changes nothing. */
    public void add(DocumentValue value) {
        switch (value) {
            case DocumentValue.IntegerValue(long whole) -> {
                count++;
                long sum = wholes + whole;
                if (((wholes ^ sum) & (whole ^ sum)) < 0) {
                    beyond = beyond.add(BigInteger.valueOf(wholes)).add(BigInteger.valueOf(whole));
                    sum = 0;
                }
                wholes = sum;
            }
            case DocumentValue.DoubleValue(double number) -> {
                count++;
                real = true;
                double sum = reals + number;
                lost += Math.abs(reals) >= Math.abs(number) ? (reals - sum) + number : (number - sum) + reals;
                reals = sum;
            }
            default -> {}
        }
    }

    /** How many numbers were added. */
    public long count() {
        return count;
    }

    /**
     * The sum: a whole number if only such were added and it has 64 bits, otherwise a double.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException if it is beyond the range of doubles
     */
    public DocumentValue value(Spot place) {
        BigInteger exact = beyond.add(BigInteger.valueOf(wholes));
        return real ? Numbers.finite(total(exact), place) : Numbers.whole(exact);
    }

    /** The average, always a double; null if nothing was added. */
    public DocumentValue average(Spot place) {
        return count == 0
                ? DocumentValue.NullValue.NULL
                : Numbers.finite(total(beyond.add(BigInteger.valueOf(wholes))) / count, place);
    }

    private double total(BigInteger exact) {
        return reals + lost + exact.doubleValue();
    }
}
