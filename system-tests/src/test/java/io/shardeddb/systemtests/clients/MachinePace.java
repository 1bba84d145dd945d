package io.shardeddb.systemtests.clients;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How long a writer may be silent. A failover is promised within {@link #PROMISED}, on a machine that lets a thread
 * compute when it has to. Beside other work each step of it waits for a processor, so the bound is stretched as this
 * machine stretches a piece of computing: a thread computes for {@link #PIECE} of processor time, five times a second,
 * and measures how long that takes.
 */
public final class MachinePace implements AutoCloseable {

    /** The longest pause of a writer when a server fails, moves or is restarted. */
    public static final Duration PROMISED = Duration.ofSeconds(3);

    /** More is not allowed on any machine: a pause that long would be no failover any more. */
    static final double MOST_STRETCH = 4;

    /** Longer than a scheduler's slice, so that others get their turn before it is done. */
    private static final Duration PIECE = Duration.ofMillis(10);

    private static final long PERIOD_MILLIS = 200;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private long computedNanos;
    private long tookNanos;

    public MachinePace() {
        this.thread = Thread.ofPlatform().name("machine-pace").daemon().start(this::run);
    }

    private void run() {
        try {
            long planned = System.nanoTime();
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                planned += TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
                long before = THREADS.getCurrentThreadCpuTime();
                long computed = 0;
                while (computed < PIECE.toNanos()) {
                    computed = THREADS.getCurrentThreadCpuTime() - before;
                }
                long now = System.nanoTime();
                note(computed, now - planned);
                planned = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(long computed, long took) {
        computedNanos += computed;
        tookNanos += took;
    }

    /** Forgets what was measured. */
    public synchronized void reset() {
        computedNanos = 0;
        tookNanos = 0;
    }

    /** The bound for a pause since the last reset. */
    public synchronized Duration longestPause() {
        return stretched(PROMISED);
    }

    /** The bound, as this machine has stretched its work since the last reset, for what takes so long on a calm one. */
    public synchronized Duration stretched(Duration calm) {
        return stretched(calm, computedNanos == 0 ? 1 : (double) tookNanos / computedNanos);
    }

    /**
     * The bound for a pause.
     *
     * @param stretch how many times longer than alone a piece of computing took
     */
    public static Duration longestPause(double stretch) {
        return stretched(PROMISED, stretch);
    }

    private static Duration stretched(Duration calm, double stretch) {
        double factor = Math.clamp(stretch, 1, MOST_STRETCH);
        return Duration.ofNanos(Math.round(calm.toNanos() * factor));
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}
