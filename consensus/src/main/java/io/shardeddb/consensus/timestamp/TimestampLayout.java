package io.shardeddb.consensus.timestamp;

/**
 * The bits of a timestamp of the service. The upper 48 are milliseconds since the epoch, the next 12 are a counter, and
 * the lowest 4 are the number of the server that gave it. So no two servers ever give the same one. A full counter
 * carries into the milliseconds. Without the number it is the server's clock; the milliseconds stand where hybrid
 * timestamps have them.
 */
public final class TimestampLayout {
    /** How many servers a membership may have. */
    public static final int MAX_MEMBERS = 15;

    private static final int NUMBER_BITS = 4;
    private static final int COUNTER_BITS = 12;

    private TimestampLayout() {}

    /** What a clock shows at a time, at least. */
    public static long clockAt(long wallMillis) {
        return wallMillis << COUNTER_BITS;
    }

    /** The clock of a timestamp. */
    public static long clock(long timestamp) {
        return timestamp >> NUMBER_BITS;
    }

    /** The timestamp that a server gives when its clock shows this. */
    public static long timestamp(long clock, int number) {
        return clock << NUMBER_BITS | number;
    }

    /** The timestamp that the same server gave this many values later. */
    public static long later(long timestamp, long values) {
        return timestamp + (values << NUMBER_BITS);
    }
}
