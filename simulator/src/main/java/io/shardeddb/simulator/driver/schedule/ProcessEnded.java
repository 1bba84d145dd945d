package io.shardeddb.simulator.driver.schedule;

/** Leaves a task whose process has just ended. An error, so nobody takes it for a failure to go on from. */
public final class ProcessEnded extends Error {
    private static final long serialVersionUID = 1;

    /** Without a stack: nobody looks at it. */
    public ProcessEnded() {
        super("the process ended", null, false, false);
    }
}
