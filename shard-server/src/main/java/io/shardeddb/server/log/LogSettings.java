package io.shardeddb.server.log;

/**
 * Sizes of the log.
 *
 * @param capacityBytes how many bytes its segments may occupy together
 * @param segmentBytes size at which a new segment is begun
 * @param lowWaterBytes below this much free space (of the capacity, or on the volume) the server turns read-only
 * @param reserveBytes size of a file kept on the volume, given up when the volume is all but full, so that votes,
 *     purges and acknowledgements still find room
 * @param idleMarkMillis after this time without writing, a mark says that everything before it is durable
 */
public record LogSettings(
        long capacityBytes, int segmentBytes, long lowWaterBytes, int reserveBytes, int idleMarkMillis) {
    private static final int LARGEST_SEGMENT = 16 << 20;
    private static final int SMALLEST_SEGMENT = 64 << 10;
    private static final int LARGEST_RESERVE = 8 << 20;
    /** The smallest capacity, in bytes. */
    public static final long MIN_CAPACITY_BYTES = 1 << 20;

    /**
     * Derives the sizes from the capacity.
     *
     * @throws IllegalArgumentException if it is below {@link #MIN_CAPACITY_BYTES}
     */
    public static LogSettings ofCapacity(long capacityBytes) {
        if (capacityBytes < MIN_CAPACITY_BYTES) {
            throw new IllegalArgumentException(
                    "log capacity " + capacityBytes + " bytes; at least " + MIN_CAPACITY_BYTES + " are needed");
        }
        int segment = Math.clamp(capacityBytes / 16, SMALLEST_SEGMENT, LARGEST_SEGMENT);
        int reserve = (int) Math.min(capacityBytes / 16, LARGEST_RESERVE);
        return new LogSettings(capacityBytes, segment, capacityBytes / 8, reserve, 50);
    }
}
