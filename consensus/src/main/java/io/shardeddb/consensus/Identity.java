package io.shardeddb.consensus;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An id of 128 random bits. Ids of two kinds are never equal.
 *
 * @param <T> the kind
 */
public abstract sealed class Identity<T extends Identity<T>> implements Comparable<T> permits GroupId, MemberId {
    private static final HexFormat FORMAT = HexFormat.of();
    private static final int DIGITS = 32;

    private final long high;
    private final long low;

    Identity(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /**
     * Reads what {@link #toString()} wrote. @throws IllegalArgumentException if the text is not 32 hexadecimal digits
     */
    Identity(String text) {
        this(part(text, 0), part(text, DIGITS / 2));
    }

    private static long part(String text, int from) {
        if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("an id is 32 hexadecimal digits, not \"" + text + "\"");
        }
        return HexFormat.fromHexDigitsToLong(text, from, from + DIGITS / 2);
    }

    /** The upper 64 bits. */
    public long high() {
        return high;
    }

    /** The lower 64 bits. */
    public long low() {
        return low;
    }

    @Override
    public int compareTo(T other) {
        int byHigh = Long.compareUnsigned(high, other.high());
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Identity<?> that
                && that.getClass() == getClass()
                && high == that.high
                && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return FORMAT.toHexDigits(high) + FORMAT.toHexDigits(low);
    }
}
