package io.shardeddb.router.http.adaptive;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Timestamps of this router's clock: milliseconds since the epoch above a 16-bit counter. They strictly increase here,
 * while it runs.
 */
final class HybridTimestamps {
    private static final int COUNTER_BITS = 16;

    private final InstantSource wall;
    private final AtomicLong last = new AtomicLong();

    HybridTimestamps(InstantSource wall) {
        this.wall = wall;
    }

    /** The next one. */
    long next() {
        return last.updateAndGet(before -> Math.max(wall.millis() << COUNTER_BITS, before + 1));
    }
}
