package io.shardeddb.bench.load;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Population;
import io.shardeddb.bench.workload.Workload;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Operations begin at a given rate whether or not earlier ones have ended. A latency counts from the moment at which
 * the operation should have begun, so that a database which stalls is charged for everyone who waited (no coordinated
 * omission).
 */
public final class OpenLoop {

    private final Target target;
    private final Workload workload;
    private final Population population;
    private final int connections;

    /** @param connections how many operations can be under way at once; the others wait, and their waiting counts */
    public OpenLoop(Target target, Workload workload, Population population, int connections) {
        this.target = target;
        this.workload = workload;
        this.population = population;
        this.connections = connections;
    }

    /** Runs at a mean rate; the window begins after the warm-up. Operations that should have begun in it count. */
    public Measurement run(double perSecond, double warmUpSeconds, double seconds, long seed)
            throws LoadException, InterruptedException {
        long start = System.nanoTime();
        long from = (long) (warmUpSeconds * 1e9);
        long to = from + (long) (seconds * 1e9);
        Arrivals arrivals = new Arrivals(perSecond, new SplittableRandom(seed));
        List<Recorder> recorders = ClosedLoop.recorders(connections);
        Clients.run(connections, client -> {
            Recorder recorder = recorders.get(client);
            SplittableRandom random = new SplittableRandom(seed * 1_000_003 + client);
            try (Target.Session session = target.connect(workload.table(), client)) {
                for (long due = next(arrivals); due < to; due = next(arrivals)) {
                    Operation operation = workload.next(random, population);
                    await(start + due);
                    try {
                        session.run(operation);
                        if (operation instanceof Operation.Insert insert) {
                            population.acknowledged(insert.first(), insert.rows());
                        }
                        if (due >= from) {
                            recorder.done(System.nanoTime() - start - due, operation.rows());
                        }
                    } catch (LoadException e) {
                        recorder.failed(e);
                    }
                }
            }
        });
        return Recorder.sum(recorders, seconds);
    }

    private static long next(Arrivals arrivals) {
        synchronized (arrivals) {
            return arrivals.next();
        }
    }

    private static void await(long moment) throws InterruptedException {
        for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
