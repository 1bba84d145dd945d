package io.shardeddb.server.runtime;

import java.util.concurrent.Executor;

/** A thread that runs one task after the other, in order, at once or later. */
public interface SerialExecutor extends Executor {

    /** Something that may be called off. */
    @FunctionalInterface
    interface Cancellable {
        /** It is not begun any more; nothing happens if it was. */
        void cancel();
    }

    /**
     * Runs a task later.
     *
     * @param nanos from now; at once if not positive
     */
    Cancellable after(long nanos, Runnable task);

    /**
     * Runs a task again and again, also when it fails.
     *
     * @param first nanoseconds until the first time
     * @param pause nanoseconds between the end of one time and the next
     */
    default Cancellable every(long first, long pause, Runnable task) {
        return new Repeated(this, first, pause, task);
    }
}
