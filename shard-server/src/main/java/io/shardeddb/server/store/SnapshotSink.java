package io.shardeddb.server.store;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Takes a copy's chunks in order into an empty replica. */
public interface SnapshotSink extends AutoCloseable {

    /** Where to go on: the end of the last chunk stored; absent to start from the beginning. */
    @Nullable
    ByteString resumeAfter();

    /**
     * Stores one chunk; its position is kept in the same transaction. A wrong checksum is refused with an exception.
     */
    void accept(SnapshotSource.Chunk chunk) throws StoreUnavailableException;

    /**
     * Verifies the whole against the source's checksums, stores the applied state and flushes: when this returns, the
     * copy is durable in the database.
     */
    void complete(AppliedState state, ReplicaStore.Checksums expected) throws StoreUnavailableException;

    @Override
    void close();
}
