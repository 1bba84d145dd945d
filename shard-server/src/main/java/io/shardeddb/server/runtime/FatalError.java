package io.shardeddb.server.runtime;

/** Ends the process: going on would risk what was acknowledged. */
@FunctionalInterface
public interface FatalError {

    /**
     * Does not return in a real process.
     *
     * @param what what failed
     * @param cause the fault
     */
    void end(String what, Throwable cause);
}
