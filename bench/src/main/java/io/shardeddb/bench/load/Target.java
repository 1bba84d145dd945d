package io.shardeddb.bench.load;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;

/** A database that takes load. */
public interface Target {

    /** Its name in results. */
    String name();

    /**
     * A connection of one client, for the use of one thread at a time.
     *
     * @param client number of the client, from 0; targets of several servers spread clients by it
     * @throws LoadException when it cannot be made
     */
    Session connect(Table table, int client) throws LoadException, InterruptedException;

    /** One client's connection. */
    interface Session extends AutoCloseable {

        /**
         * Runs one operation and waits for its end.
         *
         * @throws LoadException when it was not done, or the answer is not what the operation promises
         */
        void run(Operation operation) throws LoadException, InterruptedException;

        @Override
        void close();
    }
}
