package io.shardeddb.bench.peer;

import java.io.IOException;

/** Another database that was started for a comparison. Closing stops its processes and removes its data. */
public interface Peer extends AutoCloseable {

    /**
     * InnoDB's buffer pool of each database that is compared, ours too, and its log: what a run inserts stays in
     * memory.
     */
    int POOL_MEGABYTES = 512;

    /** Where load goes. */
    JdbcTarget target();

    @Override
    void close() throws IOException;
}
