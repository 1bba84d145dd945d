package io.shardeddb.server.runtime;

/** The thread of a {@link Worker}. */
public interface WorkerThread {

    /** Begins; at most once. */
    void start();

    /** There is something to do: the worker is called soon, as often as it wants. Any thread. */
    void wake();

    /**
     * Ends the thread when the worker has nothing to do any more at once, and waits for it.
     *
     * @param nanos how long to wait at most
     */
    void end(long nanos);
}
