package io.shardeddb.protocol.keyspace;

import io.shardeddb.protocol.wire.PositionInterval;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Positions from {@code from} up to, but without, {@code to}.
 *
 * @param from first position owned
 * @param to first position beyond; absent: open at the end, so that the largest position is owned too
 */
public record Interval(long from, @Nullable Long to) implements Comparable<Interval> {

    /** Every position. */
    public static final Interval ALL = new Interval(Long.MIN_VALUE, null);

    private static final BigInteger POSITIONS = BigInteger.ONE.shiftLeft(64);

    public Interval {
        if (to != null && to <= from) {
            throw new IllegalArgumentException("an interval's end must be above its start: " + from + ".." + to);
        }
    }

    /** Whether a position lies within. */
    public boolean contains(long position) {
        return position >= from && (to == null || position < to);
    }

    /** Whether both own at least one position together. */
    public boolean overlaps(Interval other) {
        return (other.to == null || from < other.to) && (to == null || other.from < to);
    }

    /** The last position owned. */
    public long last() {
        return to == null ? Long.MAX_VALUE : to - 1;
    }

    /**
     * An interval of so many positions.
     *
     * @param size at least 1; one that reaches beyond the largest position is open at the end
     */
    public static Interval ofSize(long low, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("an interval's size must be at least 1: " + size);
        }
        long to = low + size;
        return new Interval(low, to > low ? to : null);
    }

    /** All positions cut into {@code count} intervals of (nearly) equal size, in order. */
    public static List<Interval> cover(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one interval is needed: " + count);
        }
        List<Interval> intervals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            intervals.add(new Interval(boundary(i, count), i + 1 == count ? null : boundary(i + 1, count)));
        }
        return List.copyOf(intervals);
    }

    private static long boundary(int i, int count) {
        return POSITIONS
                        .multiply(BigInteger.valueOf(i))
                        .divide(BigInteger.valueOf(count))
                        .longValue()
                + Long.MIN_VALUE;
    }

    /** The message for it; an open end is absent there too. */
    public PositionInterval toWire() {
        PositionInterval.Builder wire = PositionInterval.newBuilder().setFrom(from);
        if (to != null) {
            wire.setTo(to);
        }
        return wire.build();
    }

    /** Reads it off the wire. @throws IllegalArgumentException if the end is not above the start */
    public static Interval ofWire(PositionInterval wire) {
        return new Interval(wire.getFrom(), wire.hasTo() ? wire.getTo() : null);
    }

    @Override
    public int compareTo(Interval other) {
        int byStart = Long.compare(from, other.from);
        return byStart != 0 ? byStart : Long.compare(last(), other.last());
    }

    @Override
    public String toString() {
        return "[" + from + ", " + (to == null ? "..." : to) + ")";
    }
}
