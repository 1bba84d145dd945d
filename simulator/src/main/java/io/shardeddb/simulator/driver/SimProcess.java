package io.shardeddb.simulator.driver;

import io.shardeddb.server.runtime.SerialExecutor;
import io.shardeddb.server.runtime.Surroundings;
import io.shardeddb.server.runtime.Worker;
import io.shardeddb.server.runtime.WorkerThread;
import io.shardeddb.simulator.driver.schedule.LoggedFaults;
import io.shardeddb.simulator.driver.schedule.ProcessEnded;
import io.shardeddb.simulator.driver.schedule.Schedule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One life of a server's process: its clocks, and threads that the schedule runs. */
final class SimProcess implements Surroundings, Schedule.Host {
    private final Schedule schedule;
    private final SimServer server;
    private final SimThread groups = new SimThread();
    private final SimThread timer = new SimThread();
    private final SimThread housekeeping = new SimThread();
    private final SimThread databaseLooks = new SimThread();
    private final long born;
    private final double speed;
    private boolean alive = true;
    private long frozenUntil;
    private long suspendedUntil;
    /** What the monotonic clock missed while the machine was suspended. */
    private long missed;

    SimProcess(Schedule schedule, SimServer server, double speed) {
        this.schedule = schedule;
        this.server = server;
        this.speed = speed;
        born = schedule.now();
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    SimServer server() {
        return server;
    }

    @Override
    public long frozenUntil() {
        return frozenUntil;
    }

    /** Nothing runs for a while. */
    void freeze(long nanos) {
        frozenUntil = Math.max(frozenUntil, schedule.now() + nanos);
    }

    /** The machine is suspended: the monotonic clock stands still as well. */
    void suspend(long nanos) {
        freeze(nanos);
        long until = schedule.now() + nanos;
        long more = until - Math.max(suspendedUntil, schedule.now());
        if (more > 0) {
            missed += (long) (more * speed);
            suspendedUntil = until;
        }
    }

    /** Goes on at once. */
    void thaw() {
        frozenUntil = 0;
        long less = suspendedUntil - schedule.now();
        if (less > 0) {
            // A monotonic clock never goes back.
            missed -= (long) (less * speed);
            suspendedUntil = schedule.now();
        }
    }

    /** The process is no more; a task of it that is running is left by {@link ProcessEnded}. */
    void end() {
        alive = false;
    }

    @Override
    public void run(Runnable task) {
        try {
            task.run();
        } catch (ProcessEnded e) {
            // It was in the middle of this task.
        } catch (RuntimeException e) {
            schedule.broken(LoggedFaults.thrown(e));
        }
    }

    @Override
    public long nanos() {
        // The suspended time is missed at once, in advance: nothing reads the clock meanwhile.
        return Schedule.SECOND + (long) ((schedule.now() - born) * speed) - missed;
    }

    @Override
    public InstantSource wall() {
        return () -> Instant.ofEpochMilli(server.wallMillis());
    }

    @Override
    public RandomGenerator random() {
        return schedule.random();
    }

    @Override
    public RandomGenerator identities() {
        return schedule.random();
    }

    @Override
    public SerialExecutor groups() {
        return groups;
    }

    @Override
    public SerialExecutor timer() {
        return timer;
    }

    @Override
    public SerialExecutor housekeeping() {
        return housekeeping;
    }

    @Override
    public SerialExecutor databaseLooks() {
        return databaseLooks;
    }

    @Override
    public Executor applying() {
        return this::pooled;
    }

    @Override
    public Executor tables() {
        return this::pooled;
    }

    @Override
    public Executor copies() {
        return task -> schedule.after(this, schedule.between(Schedule.MILLI, 200 * Schedule.MILLI), task);
    }

    @Override
    public Executor reads() {
        return this::pooled;
    }

    @Override
    public Executor scans() {
        return this::pooled;
    }

    private void pooled(Runnable task) {
        schedule.after(this, server.database().slowness(), task);
    }

    @Override
    public WorkerThread worker(String name, Worker worker) {
        return new SimWorker(worker);
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> something, long nanos, T otherwise) {
        throw new UnsupportedOperationException("nothing that is simulated blocks");
    }

    @Override
    public void close() {
        // Its end ends everything.
    }

    private long delay(long localNanos) {
        return (long) (Math.max(0, localNanos) / speed);
    }

    /** A thread that runs one task after the other. */
    private final class SimThread implements SerialExecutor {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        private boolean scheduled;

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
            schedule();
        }

        private void schedule() {
            if (!scheduled) {
                scheduled = true;
                schedule.after(SimProcess.this, schedule.between(Schedule.MICRO, 30 * Schedule.MICRO), this::next);
            }
        }

        private void next() {
            scheduled = false;
            Runnable task = tasks.poll();
            if (!tasks.isEmpty()) {
                schedule();
            }
            if (task != null) {
                task.run();
            }
        }

        @Override
        public Cancellable after(long nanos, Runnable task) {
            Timer timer = new Timer(nanos() + Math.max(0, nanos), task);
            schedule.after(SimProcess.this, delay(nanos) + 1, timer);
            return timer::cancel;
        }

        /** A suspension stops the clock by which it is due, and not the schedule's. */
        private final class Timer implements Runnable {
            private final long due;
            private final Runnable task;
            private boolean cancelled;

            Timer(long due, Runnable task) {
                this.due = due;
                this.task = task;
            }

            void cancel() {
                cancelled = true;
            }

            @Override
            public void run() {
                if (cancelled) {
                    return;
                }
                long left = due - nanos();
                if (left > 0) {
                    schedule.after(SimProcess.this, delay(left) + 1, this);
                } else {
                    execute(() -> {
                        if (!cancelled) {
                            task.run();
                        }
                    });
                }
            }
        }
    }

    /** A worker's thread: how long its work takes stands before it. */
    private final class SimWorker implements WorkerThread {
        private final Worker worker;
        private boolean begun;
        private boolean woken;
        private long alarms;

        SimWorker(Worker worker) {
            this.worker = worker;
        }

        @Override
        public void start() {
            begun = true;
            if (woken) {
                woken = false;
                wake();
            }
        }

        @Override
        public void wake() {
            if (!woken) {
                woken = true;
                if (begun) {
                    schedule.after(SimProcess.this, server.disk().slowness(), this::work);
                }
            }
        }

        private void work() {
            woken = false;
            go(worker.work());
        }

        private void go(long pause) {
            if (pause == 0) {
                wake();
            } else if (pause > 0) {
                long alarm = ++alarms;
                schedule.after(SimProcess.this, delay(pause) + 1, () -> {
                    if (alarm == alarms && !woken) {
                        work();
                    }
                });
            }
        }

        @Override
        public void end(long nanos) {
            while (worker.work() == 0) {
                // As long as there is something to do at once.
            }
        }
    }
}
