package io.shardeddb.server.runtime;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that groups and log take from outside themselves, besides disk, links and database: time, threads and
 * chance. Nobody else in those packages asks the machine for any of it, so a test that gives other surroundings decides
 * all that happens.
 */
public interface Surroundings extends AutoCloseable {

    /** The monotonic clock, in nanoseconds since any moment. */
    long nanos();

    /** The wall clock. */
    InstantSource wall();

    /** For what may be guessed: who waits how long. Any thread. */
    RandomGenerator random();

    /** For ids that must never be given twice, by any process. Any thread. */
    RandomGenerator identities();

    /** The thread that drives all groups. It is the connections': {@link #close} leaves it alone. */
    SerialExecutor groups();

    /** For time-outs. Its tasks must not block. */
    SerialExecutor timer();

    /** For what is done once a second. */
    SerialExecutor housekeeping();

    /** For looks at the database, which may take as long as it likes. */
    SerialExecutor databaseLooks();

    /** Where entries are applied. */
    Executor applying();

    /** Where tables are changed: this takes as long as it takes, and must not keep other groups from applying. */
    Executor tables();

    /** Where whole copies are taken. */
    Executor copies();

    /**
     * Where rows are read.
     *
     * <p>{@link Executor#execute} throws {@link java.util.concurrent.RejectedExecutionException} once these are closed.
     */
    Executor reads();

    /** Where ranges are read for clients that may be slow: never full. */
    Executor scans();

    /**
     * A thread of its own for work that comes in bursts.
     *
     * @param name of the thread
     */
    WorkerThread worker(String name, Worker worker);

    /**
     * Blocks the calling thread, which must not be one of the serial ones, until something is done.
     *
     * @param otherwise given when that takes longer, or the caller is interrupted
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> something, long nanos, T otherwise);

    /** Completes a future with a value, unless it is completed in time. */
    default <T extends @Nullable Object> CompletableFuture<T> completeAfter(
            CompletableFuture<T> future, T otherwise, long nanos) {
        SerialExecutor.Cancellable timeout = timer().after(nanos, () -> future.complete(otherwise));
        var _ = future.whenComplete((value, failure) -> timeout.cancel());
        return future;
    }

    /**
     * Ends all threads but that of the groups and the workers'. What is running is interrupted; what waits is not
     * begun.
     */
    @Override
    void close();
}
