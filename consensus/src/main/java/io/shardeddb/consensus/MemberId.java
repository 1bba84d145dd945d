package io.shardeddb.consensus;

import java.util.random.RandomGenerator;

/**
 * The identity of one member of a group, born with its data directory: 128 random bits made durable before the first
 * contact with any other member. A member whose log is lost gets a new id and never the old one again; a vote or an
 * acknowledgement under the old id would break the promises that the lost log contained.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record MemberId(long high, long low) implements Comparable<MemberId> {

    /** A new id from the given source of randomness. */
    public static MemberId random(RandomGenerator random) {
        return new MemberId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is not 32 hexadecimal digits
     */
    public static MemberId parse(String text) {
        return new MemberId(Hexadecimal.upperHalf(text), Hexadecimal.lowerHalf(text));
    }

    @Override
    public int compareTo(MemberId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    // Key of the maps that every message goes through: what records get by themselves is found through method handles,
    // which are
    // slow until a process has run for long.

    @Override
    public boolean equals(Object other) {
        return other instanceof MemberId that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high ^ low);
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return Hexadecimal.of(high, low);
    }
}
