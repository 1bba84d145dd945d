package io.shardeddb.server.group;

import java.time.InstantSource;

/**
 * Timestamps of one group's commands: milliseconds since the epoch in the upper 48 bits, a counter in the lower 16. Given in log
 * order, each {@code max(wall, last + 1)}: when the counter overflows, it carries into the milliseconds, so order is kept and the
 * clock runs ahead of the wall until that catches up. 47 bits of milliseconds reach past the year 6000 and fit a signed number.
 */
final class HybridClock {
    private static final int COUNTER_BITS = 16;

    private final InstantSource wall;
    private final PeerClocks others;
    private long last;

    HybridClock(InstantSource wall, PeerClocks others) {
        this.wall = wall;
        this.others = others;
    }

    /** Whether timestamps may be given: not while the wall clock is far ahead of the others'. */
    boolean isTrusted() {
        return !others.isFarAhead(wall.millis(), System.nanoTime());
    }

    /** Never gives anything up to this timestamp again: called with the maximum of the log and of what is applied. */
    void startAbove(long timestamp) {
        last = Math.max(last, timestamp);
    }

    long next() {
        last = Math.max(wall.millis() << COUNTER_BITS, last + 1);
        return last;
    }

    /**
     * Takes over a timestamp of the service.
     *
     * @return false if a greater one, or the same, was given already: then it is not used
     */
    boolean take(long timestamp) {
        if (timestamp <= last) {
            return false;
        }
        last = timestamp;
        return true;
    }

    /** For what stamps no row, while rows' timestamps come from the service: it must not run ahead of that. */
    long following() {
        return ++last;
    }

    long last() {
        return last;
    }
}
