package io.shardeddb.server.log;

/**
 * How much room there is.
 *
 * @param usedBytes bytes of all segments
 * @param capacityBytes the budget
 * @param usableBytes bytes free on the volume
 * @param level what this allows
 */
public record LogSpace(long usedBytes, long capacityBytes, long usableBytes, Level level) {

    /** What may be written. */
    public enum Level {
        /** Everything. */
        ENOUGH,
        /** No new writes of clients; leaderships are handed over. */
        LOW,
        /** Only votes, purges, configurations and what makes room: entries of other leaders are not taken either. */
        CRITICAL
    }

    static LogSpace of(LogSettings settings, long usedBytes, long usableBytes) {
        long free = Math.min(settings.capacityBytes() - usedBytes, usableBytes - settings.reserveBytes());
        Level level;
        if (free < settings.lowWaterBytes() / 4) {
            level = Level.CRITICAL;
        } else if (free < settings.lowWaterBytes()) {
            level = Level.LOW;
        } else {
            level = Level.ENOUGH;
        }
        return new LogSpace(usedBytes, settings.capacityBytes(), usableBytes, level);
    }
}
