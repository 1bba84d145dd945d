package io.shardeddb.server.store.read;

import io.shardeddb.protocol.wire.ScanChunk;
import java.util.List;
import java.util.function.Predicate;

/** The rows of a scan on their way out, in chunks of about one size. Of one thread. */
final class ScanChunks {

    /** Rough size of a chunk, in bytes. */
    private static final int CHUNK_BYTES = 256 << 10;

    private final boolean withTimestamps;
    private final long limit;
    private final Predicate<ScanChunk> taker;
    private final ScanChunk.Builder chunk;
    private long bytes;
    private long rows;

    /**
     * Nothing has gone out.
     *
     * @param first chunk, without rows yet
     * @param taker takes chunks, and says whether it wants more
     */
    ScanChunks(Wanted wanted, ScanChunk.Builder first, Predicate<ScanChunk> taker) {
        this.withTimestamps = wanted.request().getWithTimestamps();
        this.limit = Integer.toUnsignedLong(wanted.request().getRange().getLimit());
        this.chunk = first;
        this.taker = taker;
    }

    /** Rows within the limit until now. */
    long rows() {
        return rows;
    }

    /** Adds rows, and hands out what is enough for a chunk. Returns whether more are wanted. */
    boolean add(List<RowPages.Found> page) {
        for (RowPages.Found found : page) {
            if (limit != 0 && rows == limit) {
                return false;
            }
            chunk.addRows(found.row());
            if (withTimestamps) {
                chunk.addTimestamps(found.timestamp());
            }
            rows++;
            bytes += found.row().size();
            if (bytes >= CHUNK_BYTES && !flush()) {
                return false;
            }
        }
        return true;
    }

    /** Hands out what there is, also if it is nothing. Returns whether more is wanted. */
    boolean flush() {
        boolean wanted = taker.test(chunk.build());
        chunk.clear();
        bytes = 0;
        return wanted;
    }

    /** Hands out what is left. Whether the taker wants more does not matter at the end. */
    void end() {
        if (chunk.getRowsCount() > 0) {
            flush();
        }
    }
}
