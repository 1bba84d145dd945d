package io.shardeddb.server.group;

import io.shardeddb.server.runtime.SerialExecutor;
import io.shardeddb.server.runtime.Surroundings;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives all groups on one thread: runs what is handed to it, then gives the runtime its turn, then waits until
 * something is due.
 *
 * <p>The thread is that of the server's connections, so that a message is handled where it arrives and leaves from
 * where it is made. A round begins when the thread has read everything that has arrived: what came together is handled
 * in one turn.
 */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    /** So many tasks at most before the runtime gets its turn: they are batched, but not without end. */
    private static final int TASKS_PER_TURN = 512;

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Surroundings surroundings;
    private final SerialExecutor thread;
    private final Turn turn;
    private final Consumer<Error> fatal;
    private volatile boolean running;

    // Of the thread alone: when the earliest timer that has been set goes off.
    private long alarm;
    private boolean alarmSet;

    /** What happens after each round of tasks. */
    public interface Turn {
        /**
         * Carries out what the tasks and the time have made necessary.
         *
         * @return when to be called again at the latest, on the monotonic clock
         */
        long run(long now);
    }

    /**
     * @param surroundings the thread that runs one task at a time, in order, and the time
     * @param fatal told of an error of the machine in a task or turn, such as no memory; must end the process
     */
    public Loop(Surroundings surroundings, Turn turn, Consumer<Error> fatal) {
        this.surroundings = surroundings;
        thread = surroundings.groups();
        this.turn = turn;
        this.fatal = fatal;
    }

    /** Begins. What was handed over before is run now. */
    public void start() {
        running = true;
        schedule();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (running) {
            schedule();
        }
    }

    /** Runs them in the same turn. A fault in one does not touch the others. */
    public void executeAll(List<Runnable> together) {
        execute(() -> together.forEach(Loop::guarded));
    }

    private void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            thread.execute(this::round);
        }
    }

    /** The thread's own keeper only logs what is thrown here, and would go on with what was left half done. */
    private void round() {
        try {
            oneRound();
        } catch (Error e) {
            running = false;
            fatal.accept(e);
        }
    }

    private void oneRound() {
        // First: what is added from here on schedules again.
        scheduled.set(false);
        if (!running) {
            return;
        }
        int done = 0;
        Runnable task = tasks.poll();
        while (task != null) {
            guarded(task);
            task = ++done < TASKS_PER_TURN ? tasks.poll() : null;
        }
        long now = surroundings.nanos();
        long wake = run(now);
        if (!running) {
            return;
        }
        if (!tasks.isEmpty() || wake - now <= 0) {
            schedule();
        } else if (!alarmSet || wake - alarm < 0) {
            // A later alarm stays set: what it starts is a turn with nothing to do.
            alarmSet = true;
            alarm = wake;
            var _ = thread.after(wake - now, () -> ring(wake));
        }
    }

    private long run(long now) {
        try {
            return turn.run(now);
        } catch (RuntimeException e) {
            // What it left behind is unknown. That there are no more turns ends the process: see the liveness probe.
            running = false;
            LOG.error("the groups cannot go on", e);
            return now;
        }
    }

    private void ring(long of) {
        if (alarm == of) {
            alarmSet = false;
        }
        round();
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // A fault of this software in one task; the others must go on.
            LOG.error("a task of the groups' thread failed", e);
        }
    }

    /** Nothing is run any more when this returns. */
    @Override
    public void close() {
        if (!running) {
            return;
        }
        running = false;
        CompletableFuture<Boolean> idle = new CompletableFuture<>();
        thread.execute(() -> idle.complete(true));
        if (!surroundings.await(idle, CLOSE_NANOS, false)) {
            LOG.warn("the groups' thread is stuck");
        }
    }
}
