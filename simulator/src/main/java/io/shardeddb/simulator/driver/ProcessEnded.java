package io.shardeddb.simulator.driver;

/** Leaves a task whose process has just ended. An error, so nobody takes it for a failure to go on from. */
final class ProcessEnded extends Error {
    private static final long serialVersionUID = 1;

    ProcessEnded() {
        super("the process ended", null, false, false);
    }
}
