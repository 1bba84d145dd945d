package io.shardeddb.server.group;

import io.shardeddb.consensus.Durations;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How late a thread does what is due at fixed moments: what a request waits on average before the thread sees it, which no time that is
 * taken afterwards contains. Small unless the process lacks processor time, is stopped now and then, or the thread has too much to do.
 * After a pause every moment in it is made up for, so that a pause of a second counts ten times.
 */
final class Lateness {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Durations durations = new Durations();
    private long due;
    private @Nullable ScheduledFuture<?> looking;

    /** Begins to look, ten times a second. */
    void start(ScheduledExecutorService thread) {
        due = System.nanoTime() + PERIOD_NANOS;
        looking = thread.scheduleAtFixedRate(
                () -> look(System.nanoTime()), PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Called for the first, second, third moment in turn, never before it. */
    private void look(long now) {
        durations.note(now - due);
        due += PERIOD_NANOS;
    }

    Durations.Summary summary() {
        return durations.summary();
    }

    void stop() {
        ScheduledFuture<?> begun = looking;
        if (begun != null) {
            begun.cancel(false);
        }
    }
}
