package io.shardeddb.router.forward;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.CutPart;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.router.topology.ShardEntry;
import org.jspecify.annotations.Nullable;

/**
 * How far the scan of one shard has come, and the request for what is missing: the rows after the last one received,
 * from a view that is no older than those before. Confined to its scan's thread.
 */
final class ScanProgress {

    private RangeRead read;
    private final ShardEntry shard;
    private final int limit;
    private @Nullable ByteString last;
    private long received;
    private long shown;
    private @Nullable CutPart cut;

    /**
     * Before the first row.
     *
     * @param limit greatest number of rows, 0 for none
     */
    ScanProgress(RangeRead read, ShardEntry shard, int limit) {
        this.read = read;
        this.shard = shard;
        this.limit = limit;
    }

    /** The read as it is asked now. */
    RangeRead read() {
        return read;
    }

    /**
     * From now on asks in newer tables, see {@link RangeRead#under}: rows that came have the same values at the same
     * places.
     */
    void follow(RangeRead newer) {
        read = newer;
    }

    /** Takes note of what came. */
    void received(ScanChunk chunk) {
        int rows = chunk.getRowsCount();
        if (rows > 0) {
            last = chunk.getRows(rows - 1);
            received += rows;
        }
        shown = Math.max(shown, chunk.getIndex());
    }

    /** Takes note of what the whole scan showed. */
    void ended(ScanEnd end) {
        shown = Math.max(shown, end.getIndex());
    }

    /** Index of the log that the rows show; 0 while that is not known. */
    long shown() {
        return shown;
    }

    /** From now on the rows are read as a part of a cut, or alone. */
    void cut(@Nullable CutPart part) {
        cut = part;
    }

    /** Whether all rows within the limit are here. */
    boolean isFull() {
        return limit > 0 && received >= limit;
    }

    /** Whether no row has been received. */
    boolean isEmpty() {
        return last == null;
    }

    /**
     * The request for what is missing. Not when it {@linkplain #isFull() is full}: no limit is left then.
     *
     * @param timeoutMillis how long a server may wait until it begins
     */
    ReadRequest rest(int timeoutMillis) {
        RangeRead missing = read;
        if (last != null) {
            Row row = RowCodec.decode(last, read.projection().fetched().size());
            missing = read.after(read.projection().keyOf(row));
        }
        ReadRequest request = Reads.request(missing, shard, limit == 0 ? 0 : Math.toIntExact(limit - received));
        ReadRequest.Builder rest = request.toBuilder()
                .setMinimumIndex(Math.max(request.getMinimumIndex(), shown))
                .setTimeoutMillis(timeoutMillis);
        CutPart part = cut;
        return part == null ? rest.build() : rest.setCut(part).build();
    }
}
