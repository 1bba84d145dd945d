package io.shardeddb.server.store;

import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;

/** All rows of a replica as they were at one moment, for as long as it is open. Of one thread at a time. */
public interface RowsView extends AutoCloseable {

    /** Index of the log that it shows. */
    long index();

    /**
     * Reads keys, or one page of a range. Schema version, epoch and interval are checked here.
     *
     * @throws StoreUnavailableException when the view is lost: the database failed, tables changed, or the rows went
     *     away
     */
    ReadReply read(ReadRequest request) throws StoreUnavailableException;

    @Override
    void close();
}
