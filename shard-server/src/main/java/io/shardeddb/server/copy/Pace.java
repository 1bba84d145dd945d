package io.shardeddb.server.copy;

/**
 * Holds a copy to so many bytes per second. Unused time is kept for one second at most, so a pause is not followed by a
 * burst. Pure: time comes in, a delay goes out.
 */
final class Pace {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long bytesPerSecond;
    private long freeAt = Long.MIN_VALUE;

    /** @param bytesPerSecond the bound; 0: none */
    Pace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Takes bytes that were sent.
     *
     * @param now monotonic time, in nanoseconds
     * @return how long to wait before sending more, in nanoseconds
     */
    long delayAfter(long bytes, long now) {
        if (bytesPerSecond <= 0) {
            return 0;
        }
        long from = freeAt == Long.MIN_VALUE ? now : Math.max(freeAt, now - NANOS_PER_SECOND);
        freeAt = from + (long) ((double) bytes / bytesPerSecond * NANOS_PER_SECOND);
        return Math.max(0, freeAt - now);
    }
}
