package io.shardeddb.server.runtime;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real surroundings: the machine's clocks, and real threads. */
public final class Machine implements Surroundings {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);
    private static final int APPLY_THREADS = 4;
    private static final int READ_THREADS = 8;
    private static final int TABLE_THREADS = 2;
    /** So many copies are taken at the same time. */
    public static final int COPY_THREADS = 2;

    private final InstantSource wall;
    private final FatalError fatal;
    private final SerialExecutor groups;
    private final SecureRandom identities = new SecureRandom();
    private final ScheduledExecutorService timer;
    private final ScheduledExecutorService housekeeping;
    private final ScheduledExecutorService databaseLooks;
    private final ExecutorService applying;
    private final ExecutorService tables;
    private final ExecutorService copies;
    private final ExecutorService reads;
    private final ThreadFactory scans = Thread.ofVirtual().name("scan").factory();

    /**
     * @param groups the thread of the server's connections, which drives the groups besides
     * @param wall the wall clock
     * @param fatal ends the process when the machine fails one of its threads, as with no memory
     */
    public Machine(ScheduledExecutorService groups, InstantSource wall, FatalError fatal) {
        this.groups = new OfService(groups);
        this.wall = wall;
        this.fatal = fatal;
        timer = scheduled("timer");
        housekeeping = scheduled("housekeeping");
        databaseLooks = scheduled("database-looks");
        applying = Executors.newFixedThreadPool(APPLY_THREADS, threads("apply-"));
        tables = Executors.newFixedThreadPool(TABLE_THREADS, threads("tables-"));
        copies = Executors.newFixedThreadPool(COPY_THREADS, threads("copy-"));
        reads = Executors.newFixedThreadPool(READ_THREADS, threads("read-"));
    }

    private ThreadFactory threads(String prefix) {
        return Thread.ofPlatform()
                .name(prefix, 0)
                .daemon()
                .uncaughtExceptionHandler(this::uncaught)
                .factory();
    }

    /** A task that ends so has told nobody, and its replica would stand still for ever. */
    private void uncaught(Thread of, Throwable failure) {
        if (failure instanceof Error error) {
            fatal.end("thread " + of.getName() + " failed", error);
        } else {
            LOG.error("a task of thread {} failed", of.getName(), failure);
        }
    }

    private static ScheduledExecutorService scheduled(String name) {
        ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        thread.setRemoveOnCancelPolicy(true);
        return thread;
    }

    /** The machine's monotonic clock. */
    public static long monotonicNanos() {
        return System.nanoTime();
    }

    /** A service with one thread, as a serial executor. */
    public static SerialExecutor serial(ScheduledExecutorService thread) {
        return new OfService(thread);
    }

    /** A real thread for a worker. */
    public static WorkerThread thread(String name, Worker worker) {
        return new ParkingThread(name, worker);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public InstantSource wall() {
        return wall;
    }

    @Override
    public RandomGenerator random() {
        return ThreadLocalRandom.current();
    }

    @Override
    public RandomGenerator identities() {
        return identities;
    }

    @Override
    public SerialExecutor groups() {
        return groups;
    }

    @Override
    public SerialExecutor timer() {
        return new OfService(timer);
    }

    @Override
    public SerialExecutor housekeeping() {
        return new OfService(housekeeping);
    }

    @Override
    public SerialExecutor databaseLooks() {
        return new OfService(databaseLooks);
    }

    @Override
    public Executor applying() {
        return applying;
    }

    @Override
    public Executor tables() {
        return tables;
    }

    @Override
    public Executor copies() {
        return copies;
    }

    @Override
    public Executor reads() {
        return reads;
    }

    @Override
    public Executor scans() {
        return task -> scans.newThread(task).start();
    }

    @Override
    public WorkerThread worker(String name, Worker worker) {
        return new ParkingThread(name, worker);
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> something, long nanos, T otherwise) {
        try {
            return something.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (ExecutionException | TimeoutException e) {
            return otherwise;
        }
    }

    @Override
    public void close() {
        housekeeping.shutdownNow();
        databaseLooks.shutdownNow();
        timer.shutdownNow();
        applying.shutdownNow();
        tables.shutdownNow();
        copies.shutdownNow();
        reads.shutdownNow();
    }

    private record OfService(ScheduledExecutorService thread) implements SerialExecutor {
        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        @Override
        public Cancellable after(long nanos, Runnable task) {
            var later = thread.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return () -> later.cancel(false);
        }
    }
}
