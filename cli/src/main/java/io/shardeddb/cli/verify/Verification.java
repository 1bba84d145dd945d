package io.shardeddb.cli.verify;

import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.workload.Tally;
import io.shardeddb.cli.verify.workload.VerifyClient;
import io.shardeddb.cli.verify.workload.Workload;
import io.shardeddb.cli.verify.workload.WorkloadKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs workloads side by side, and judges them when they have ended. */
final class Verification implements AutoCloseable {

    private static final int CLIENTS = 3;
    /** So rows of earlier runs are never met, and ids stay whole numbers that JSON readers keep. */
    private static final long IDS_OF_A_SECOND = 1_000_000;

    /** Leaves the machine some air, and keeps histories short. */
    private static final long PAUSE_MILLIS = 5;
    /** Longer histories are judged in parts: a long one as a whole does not fit into memory. */
    private static final int MOST_REMEMBERED = 1_000;

    /** Of one workload. */
    private static final int MOST_ANOMALIES = 100;

    /** A client that waits for an answer ends with it. */
    private static final long ENDING_MILLIS = 90_000;

    private final RouterClient router;
    private final long seed;
    private final Consumer<String> said;
    private final List<Running> workloads = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /**
     * A workload with what was found of it so far.
     *
     * @param steps taken by many at once, or judged by one: the lock is fair, so that steps under way end
     */
    private record Running(
            WorkloadKind kind, Workload workload, Tally tally, ReentrantReadWriteLock steps, List<Anomaly> anomalies) {

        void found(List<Anomaly> more) {
            more.stream().limit(MOST_ANOMALIES - anomalies.size()).forEach(anomalies::add);
        }
    }

    /**
     * A run that has not begun.
     *
     * @param said is told what was judged; by any thread
     */
    Verification(RouterClient router, long seed, Consumer<String> said) {
        this.router = router;
        this.seed = seed;
        this.said = said;
    }

    /** Prepares workloads, and starts their clients. */
    void start(List<WorkloadKind> kinds) throws InterruptedException {
        long first = Instant.now().getEpochSecond() * IDS_OF_A_SECOND;
        for (WorkloadKind kind : kinds) {
            Running running = new Running(
                    kind, kind.make(first), new Tally(), new ReentrantReadWriteLock(true), new ArrayList<>());
            running.workload().prepare(client(new Tally(), -1));
            workloads.add(running);
        }
        workloads.forEach(running -> {
            for (int number = 0; number < CLIENTS; number++) {
                VerifyClient client = client(running.tally(), number);
                Thread thread = Thread.ofPlatform()
                        .name(running.kind().word() + "-" + number)
                        .daemon()
                        .unstarted(() -> run(running, client));
                threads.add(thread);
                thread.start();
            }
        });
    }

    private VerifyClient client(Tally tally, int number) {
        return new VerifyClient(router, number, new Random(seed * 31 + threads.size()), tally);
    }

    private void run(Running running, VerifyClient client) {
        try {
            while (!stop.get()) {
                running.steps().readLock().lock();
                try {
                    running.workload().step(client);
                } finally {
                    running.steps().readLock().unlock();
                }
                if (running.workload().remembered() >= MOST_REMEMBERED) {
                    judgePart(running);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    /** The first client that comes judges, when all have ended their steps. */
    private void judgePart(Running running) throws InterruptedException {
        running.steps().writeLock().lock();
        try {
            int steps = running.workload().remembered();
            if (steps >= MOST_REMEMBERED) {
                long begin = System.nanoTime();
                running.found(running.workload().judgePart(client(new Tally(), CLIENTS)));
                told(running, steps, begin);
            }
        } finally {
            running.steps().writeLock().unlock();
        }
    }

    private void told(Running running, int steps, long begin) {
        said.accept(String.format(
                "%s judged%s, %.1f s: %s",
                running.kind().word(),
                steps == 0 ? "" : String.format(" after %,d steps", steps),
                (System.nanoTime() - begin) / 1e9,
                running.anomalies().isEmpty()
                        ? "no anomaly"
                        : running.anomalies().size() + " anomalies so far"));
    }

    /** Why a client ended before its time; absent when none did. */
    @Nullable
    Throwable failure() {
        return failures.peek();
    }

    /** Lets every client end its request under way. */
    void stop() throws InterruptedException {
        stop.set(true);
        for (Thread thread : threads) {
            thread.join(ENDING_MILLIS);
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
    }

    /** Judges all workloads, in their order. */
    List<WorkloadResult> judge() throws InterruptedException {
        List<WorkloadResult> results = new ArrayList<>();
        for (Running running : workloads) {
            long begin = System.nanoTime();
            int steps = running.workload().remembered();
            running.found(running.workload().judge(client(new Tally(), CLIENTS), said));
            told(running, steps, begin);
            Tally tally = running.tally();
            results.add(new WorkloadResult(
                    running.kind().word(),
                    tally.operations(),
                    tally.acknowledged(),
                    tally.unknown(),
                    List.copyOf(running.anomalies()),
                    tally.longestMillis()));
        }
        return results;
    }

    @Override
    public void close() {
        stop.set(true);
        threads.forEach(Thread::interrupt);
    }
}
