package io.shardeddb.bench.load;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fixed number of clients, each of which sends its next operation when the one before has ended. Measures throughput;
 * its latencies are service times under exactly this many clients. For latencies at a given rate there is
 * {@link OpenLoop}.
 *
 * @param population of the workload's table in this target
 */
public record ClosedLoop(Target target, Workload workload, Population population, int clients) {

    private static final int LOADING_BATCH = 200;

    /**
     * Inserts rows until the workload's first number of rows is there.
     *
     * @throws LoadException when an insert fails
     */
    public void load() throws LoadException, InterruptedException {
        long missing = workload.rowsAtFirst() - population.present();
        AtomicLong batches = new AtomicLong((missing + LOADING_BATCH - 1) / LOADING_BATCH);
        Clients.run(clients, client -> {
            SplittableRandom random = new SplittableRandom(client);
            try (Target.Session session = target.connect(workload.table(), client)) {
                while (batches.getAndDecrement() > 0) {
                    run(session, workload.insert(random, population, LOADING_BATCH));
                }
            }
        });
    }

    /**
     * Runs for a time.
     *
     * @param warmUpSeconds not measured, before the window
     * @param seconds length of the window
     * @param seed of the operations
     */
    public Measurement run(double warmUpSeconds, double seconds, long seed) throws LoadException, InterruptedException {
        long start = System.nanoTime();
        long from = start + (long) (warmUpSeconds * 1e9);
        long to = from + (long) (seconds * 1e9);
        List<Recorder> recorders = recorders(clients);
        Clients.run(clients, client -> {
            Recorder recorder = recorders.get(client);
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + client);
            try (Target.Session session = target.connect(workload.table(), client)) {
                for (long begun = System.nanoTime(); begun - to < 0; ) {
                    Operation operation = workload.next(random, population);
                    begun = System.nanoTime();
                    try {
                        run(session, operation);
                        long ended = System.nanoTime();
                        if (ended - from >= 0 && ended - to < 0) {
                            recorder.done(ended - begun, operation.rows());
                        }
                        begun = ended;
                    } catch (LoadException e) {
                        recorder.failed(e);
                    }
                }
            }
        });
        return Recorder.sum(recorders, seconds);
    }

    static List<Recorder> recorders(int clients) {
        List<Recorder> recorders = new ArrayList<>(clients);
        for (int i = 0; i < clients; i++) {
            recorders.add(new Recorder());
        }
        return recorders;
    }

    private void run(Target.Session session, Operation operation) throws LoadException, InterruptedException {
        session.run(operation);
        if (operation instanceof Operation.Insert insert) {
            population.acknowledged(insert.first(), insert.rows());
        }
    }
}
