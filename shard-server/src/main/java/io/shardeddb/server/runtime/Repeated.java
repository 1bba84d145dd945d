package io.shardeddb.server.runtime;

/** A task that is run again and again on one thread. */
final class Repeated implements SerialExecutor.Cancellable {
    private final SerialExecutor thread;
    private final long pause;
    private final Runnable task;
    private volatile boolean cancelled;
    private volatile SerialExecutor.Cancellable next;

    Repeated(SerialExecutor thread, long first, long pause, Runnable task) {
        this.thread = thread;
        this.pause = pause;
        this.task = task;
        next = thread.after(first, this::run);
    }

    private void run() {
        if (cancelled) {
            return;
        }
        try {
            task.run();
        } finally {
            if (!cancelled) {
                next = thread.after(pause, this::run);
            }
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        next.cancel();
    }
}
