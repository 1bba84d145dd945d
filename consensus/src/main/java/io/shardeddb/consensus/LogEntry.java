package io.shardeddb.consensus;

/**
 * One entry of a group's log.
 *
 * @param index its place, from 1
 * @param term the term of the leader that made it
 * @param payload what it contains
 */
public record LogEntry(long index, long term, Payload payload) {
    private static final int FRAME_BYTES = 32;

    /** The size that flow control counts, in bytes. */
    public int sizeInBytes() {
        return FRAME_BYTES + payload.sizeInBytes();
    }
}
