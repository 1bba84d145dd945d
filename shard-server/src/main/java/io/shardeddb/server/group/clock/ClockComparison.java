package io.shardeddb.server.group.clock;

import java.util.concurrent.TimeUnit;

/**
 * Compares how much time has passed on the wall clock and on the monotonic one. They disagree when the machine was
 * suspended (then the monotonic clock may have stood still) or when the wall clock was set. Leases must not be trusted
 * then.
 */
public final class ClockComparison {
    /** The wall clock counts milliseconds, and both are not read at once. */
    private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Adjusted clocks run up to this fraction faster or slower. */
    private static final long RATE_DIVISOR = 100;

    private long lastWallMillis;
    private long lastNanos;

    public ClockComparison(long wallMillis, long nanos) {
        lastWallMillis = wallMillis;
        lastNanos = nanos;
    }

    /** Whether the clocks disagree about the time since the last call. */
    public boolean disagree(long wallMillis, long nanos) {
        long elapsed = nanos - lastNanos;
        long elapsedOnWall = TimeUnit.MILLISECONDS.toNanos(wallMillis - lastWallMillis);
        lastWallMillis = wallMillis;
        lastNanos = nanos;
        return Math.abs(elapsedOnWall - elapsed) > TOLERANCE_NANOS + elapsed / RATE_DIVISOR;
    }
}
