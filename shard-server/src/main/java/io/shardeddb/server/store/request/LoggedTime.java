package io.shardeddb.server.store.request;

/**
 * Reads the leader's hybrid timestamps: milliseconds since the epoch in the upper 48 bits, a counter in the lower 16.
 * They fit a signed 64-bit integer until the year 6429.
 */
public final class LoggedTime {

    private static final int COUNTER_BITS = 16;

    private LoggedTime() {}

    /** Milliseconds since the epoch. */
    public static long millis(long timestamp) {
        return timestamp >>> COUNTER_BITS;
    }
}
