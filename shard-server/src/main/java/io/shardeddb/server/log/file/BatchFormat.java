package io.shardeddb.server.log.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The frame around what one force makes durable.
 *
 * <pre>
 *   magic      4 bytes
 *   body size  4 bytes
 *   position   8 bytes   log position of this frame's first byte
 *   durable    8 bytes   log position up to which everything was durable when this frame was written
 *   checksum   4 bytes   CRC32C over segment id, body size, position, durable and body
 *   reserved   4 bytes   zero
 *   body                 records; may be empty (a mark)
 *   padding              zeros to a multiple of 8
 * </pre>
 *
 * The checksum binds segment and position: bytes of an earlier life of a disk block, or of another segment, never look
 * valid.
 */
public final class BatchFormat {
    public static final int HEADER_BYTES = 32;
    public static final int ALIGNMENT = 8;
    static final int MAX_BODY_BYTES = 128 << 20;
    private static final int MAGIC = 0x5344424C;

    private BatchFormat() {}

    /** What a valid frame's header contains. */
    public record Header(int bodyBytes, long position, long durable) {
        public long end() {
            return position + HEADER_BYTES + padded(bodyBytes);
        }
    }

    public static int padded(int bodyBytes) {
        return (bodyBytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Fills in the header at the buffer's start; body and padding stand behind it up to the limit. */
    public static void seal(ByteBuffer frame, long segmentId, int bodyBytes, long position, long durable) {
        frame.putInt(0, MAGIC);
        frame.putInt(4, bodyBytes);
        frame.putLong(8, position);
        frame.putLong(16, durable);
        frame.putInt(28, 0);
        frame.putInt(
                24,
                checksum(
                        segmentId,
                        bodyBytes,
                        position,
                        durable,
                        frame.duplicate().position(HEADER_BYTES).limit(HEADER_BYTES + bodyBytes)));
    }

    /**
     * The frame at a place of a segment's bytes, if one is whole and valid there.
     *
     * @param segment all bytes of the segment
     * @param offset where in it
     * @param base the segment's first log position
     */
    public static @Nullable Header valid(ByteBuffer segment, int offset, long segmentId, long base) {
        if (offset + HEADER_BYTES > segment.limit() || segment.getInt(offset) != MAGIC) {
            return null;
        }
        int bodyBytes = segment.getInt(offset + 4);
        long position = segment.getLong(offset + 8);
        long durable = segment.getLong(offset + 16);
        if (bodyBytes < 0
                || bodyBytes > MAX_BODY_BYTES
                || position != base + offset
                || (long) offset + HEADER_BYTES + padded(bodyBytes) > segment.limit()) {
            return null;
        }
        ByteBuffer body = segment.duplicate();
        body.position(offset + HEADER_BYTES).limit(offset + HEADER_BYTES + bodyBytes);
        boolean sound = segment.getInt(offset + 24) == checksum(segmentId, bodyBytes, position, durable, body);
        return sound ? new Header(bodyBytes, position, durable) : null;
    }

    private static int checksum(long segmentId, int bodyBytes, long position, long durable, ByteBuffer body) {
        CRC32C crc = new CRC32C();
        ByteBuffer bound = ByteBuffer.allocate(28);
        bound.putLong(segmentId)
                .putInt(bodyBytes)
                .putLong(position)
                .putLong(durable)
                .flip();
        crc.update(bound);
        crc.update(body);
        return (int) crc.getValue();
    }
}
