package io.shardeddb.server.store;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** A consistent view of a replica, read in chunks by a copy. Closing it releases the view. */
public interface SnapshotSource extends AutoCloseable {

    /** Random id of this view: chunks of different views never mix. */
    String copyId();

    /** The applied state in this very view. */
    AppliedState at();

    /** Estimated number of rows, for progress. */
    long estimatedRows();

    /**
     * The chunk that follows a position.
     *
     * @param after the {@link Chunk#end()} of the previous chunk; absent for the first
     * @param maxBytes rough bound of the chunk's size, in bytes
     * @return absent after the last chunk
     */
    @Nullable
    Chunk next(@Nullable ByteString after, int maxBytes) throws StoreUnavailableException;

    /** Checksums of everything in this view, for the receiver to compare with. Reads all rows once more. */
    ReplicaStore.Checksums checksums() throws StoreUnavailableException;

    @Override
    void close();

    /**
     * Rows (or exactly-once records) of one table.
     *
     * @param data encoded contents, opaque to the transport
     * @param end position after this chunk, opaque
     * @param rows number of rows in it
     * @param checksum of {@code data}
     */
    record Chunk(ByteString data, ByteString end, long rows, long checksum) {}
}
