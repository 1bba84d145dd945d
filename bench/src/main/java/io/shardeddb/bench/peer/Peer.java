package io.shardeddb.bench.peer;

import java.io.IOException;

/** Another database that was started for a comparison. Closing stops its processes and removes its data. */
public interface Peer extends AutoCloseable {

    /** Where load goes. */
    JdbcTarget target();

    @Override
    void close() throws IOException;
}
