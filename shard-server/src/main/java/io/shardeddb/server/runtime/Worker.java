package io.shardeddb.server.runtime;

/** Work that is done by one thread whenever there is some. */
public interface Worker {
    /** Returned by {@link #work} when only somebody's call is waited for. */
    long UNTIL_WOKEN = -1;

    /**
     * Does some of what there is.
     *
     * @return in how many nanoseconds to be called again if nobody wakes the thread; 0: at once; {@link #UNTIL_WOKEN}
     */
    long work();
}
