package io.shardeddb.cli.verify;

import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.verify.check.Anomaly;
import io.shardeddb.cli.verify.workload.Tally;
import io.shardeddb.cli.verify.workload.VerifyClient;
import io.shardeddb.cli.verify.workload.Workload;
import io.shardeddb.cli.verify.workload.WorkloadKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Runs workloads side by side, and judges them when they have ended. */
final class Verification implements AutoCloseable {

    private static final int CLIENTS = 3;
    /** So rows of earlier runs are never met, and ids stay whole numbers that JSON readers keep. */
    private static final long IDS_OF_A_SECOND = 1_000_000;

    /** Leaves the machine some air, and keeps histories short. */
    private static final long PAUSE_MILLIS = 5;
    /** A client that waits for an answer ends with it. */
    private static final long ENDING_MILLIS = 90_000;

    private final RouterClient router;
    private final long seed;
    private final Map<WorkloadKind, Running> workloads = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private record Running(Workload workload, Tally tally) {}

    Verification(RouterClient router, long seed) {
        this.router = router;
        this.seed = seed;
    }

    /** Prepares workloads, and starts their clients. */
    void start(List<WorkloadKind> kinds) throws InterruptedException {
        long first = Instant.now().getEpochSecond() * IDS_OF_A_SECOND;
        for (WorkloadKind kind : kinds) {
            Running running = new Running(kind.make(first), new Tally());
            running.workload().prepare(client(new Tally(), -1));
            workloads.put(kind, running);
        }
        workloads.forEach((kind, running) -> {
            for (int number = 0; number < CLIENTS; number++) {
                VerifyClient client = client(running.tally(), number);
                Thread thread = Thread.ofPlatform()
                        .name(kind.word() + "-" + number)
                        .daemon()
                        .unstarted(() -> run(running.workload(), client));
                threads.add(thread);
                thread.start();
            }
        });
    }

    private VerifyClient client(Tally tally, int number) {
        return new VerifyClient(router, number, new Random(seed * 31 + threads.size()), tally);
    }

    private void run(Workload workload, VerifyClient client) {
        try {
            while (!stop.get()) {
                workload.step(client);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failures.add(e);
        }
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
        for (Map.Entry<WorkloadKind, Running> each : workloads.entrySet()) {
            Running running = each.getValue();
            List<Anomaly> anomalies = running.workload().judge(client(new Tally(), CLIENTS));
            Tally tally = running.tally();
            results.add(new WorkloadResult(
                    each.getKey().word(),
                    tally.operations(),
                    tally.acknowledged(),
                    tally.unknown(),
                    anomalies,
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
