package io.shardeddb.server.group.clock;

import io.shardeddb.consensus.Durations;
import io.shardeddb.server.runtime.SerialExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late a thread does what is due at fixed moments: what a request waits on average before the thread sees it, which
 * no time that is taken afterwards contains. Small unless the process lacks processor time, is stopped now and then, or
 * the thread has too much to do. After a pause every moment in it is made up for, so that a pause of a second counts
 * ten times.
 */
public final class Lateness {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Durations durations = new Durations();
    private long due;
    private volatile boolean stopped;

    /**
     * Begins to look, ten times a second.
     *
     * @param nanos the monotonic clock
     */
    public void start(SerialExecutor thread, LongSupplier nanos) {
        due = nanos.getAsLong() + PERIOD_NANOS;
        next(thread, nanos);
    }

    private void next(SerialExecutor thread, LongSupplier nanos) {
        var _ = thread.after(due - nanos.getAsLong(), () -> {
            if (!stopped) {
                look(nanos.getAsLong());
                next(thread, nanos);
            }
        });
    }

    /** Called for the first, second, third moment in turn, never before it. */
    private void look(long now) {
        durations.note(now - due);
        due += PERIOD_NANOS;
    }

    public Durations.Summary summary() {
        return durations.summary();
    }

    public void stop() {
        stopped = true;
    }
}
