package io.shardeddb.consensus;

import java.util.random.RandomGenerator;

/**
 * The unique id of one consensus group: 128 random bits, never reused, so that a group which is created again under the
 * same name shares nothing with the earlier one.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record GroupId(long high, long low) implements Comparable<GroupId> {

    /** A new id from the given source of randomness. */
    public static GroupId random(RandomGenerator random) {
        return new GroupId(random.nextLong(), random.nextLong());
    }

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if the text is not 32 hexadecimal digits
     */
    public static GroupId parse(String text) {
        return new GroupId(Hexadecimal.upperHalf(text), Hexadecimal.lowerHalf(text));
    }

    @Override
    public int compareTo(GroupId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    // Key of the maps that every message goes through: what records get by themselves is found through method handles,
    // which are
    // slow until a process has run for long.

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupId that && high == that.high && low == that.low;
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
