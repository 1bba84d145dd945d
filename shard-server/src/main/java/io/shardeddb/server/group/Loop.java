package io.shardeddb.server.group;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that drives all groups: runs what is handed to it, then gives the runtime its turn, then sleeps until something is due. */
final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    /** So many tasks at most before the runtime gets its turn: they are batched, but not without end. */
    private static final int TASKS_PER_TURN = 512;

    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sleeping = new AtomicBoolean();
    private final Turn turn;
    private final Thread thread;
    private volatile boolean closed;

    /** What happens after each round of tasks. */
    interface Turn {
        /**
         * Carries out what the tasks and the time have made necessary.
         *
         * @return when to be called again at the latest, as {@link System#nanoTime}
         */
        long run(long now);
    }

    Loop(Turn turn) {
        this.turn = turn;
        thread = Thread.ofPlatform().name("groups").daemon().unstarted(this::loop);
    }

    void start() {
        thread.start();
    }

    boolean inLoop() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (sleeping.get() && sleeping.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    /** Runs them in the same turn. A fault in one does not touch the others. */
    void executeAll(List<Runnable> together) {
        execute(() -> together.forEach(Loop::guarded));
    }

    private void loop() {
        while (!closed) {
            int done = 0;
            Runnable task = tasks.poll();
            while (task != null) {
                guarded(task);
                task = ++done < TASKS_PER_TURN ? tasks.poll() : null;
            }
            long wake = turn.run(System.nanoTime());
            if (tasks.isEmpty()) {
                sleep(wake);
            }
        }
    }

    private void sleep(long wake) {
        sleeping.set(true);
        if (tasks.isEmpty() && !closed) {
            long wait = wake - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
        sleeping.set(false);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // A fault of this software in one task; the others must go on.
            LOG.error("a task of the groups' thread failed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
