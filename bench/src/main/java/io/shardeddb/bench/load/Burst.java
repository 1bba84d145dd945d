package io.shardeddb.bench.load;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** A given list of operations, all of them as soon as a connection is free: how long does the whole take? */
public final class Burst {

    private Burst() {}

    /**
     * Runs them.
     *
     * @param connections how many there are; as many operations are under way at once. Connecting is part of the time.
     * @param operations by their number, from 0
     * @return operations of the whole time from before the first connection to after the last answer
     */
    public static Measurement run(
            Target target, Table table, long count, int connections, LongFunction<Operation> operations)
            throws LoadException, InterruptedException {
        AtomicLong taken = new AtomicLong();
        CountDownLatch begin = new CountDownLatch(1);
        List<Recorder> recorders = ClosedLoop.recorders(connections);
        long[] start = {0};
        Clients.run(connections, client -> {
            // Everybody waits for the last thread to be there, so that threads are no part of what is measured.
            if (client == connections - 1) {
                start[0] = System.nanoTime();
                begin.countDown();
            }
            begin.await();
            Recorder recorder = recorders.get(client);
            try (Target.Session session = target.connect(table, client)) {
                for (long number = taken.getAndIncrement(); number < count; number = taken.getAndIncrement()) {
                    Operation operation = operations.apply(number);
                    long begun = System.nanoTime();
                    try {
                        session.run(operation);
                        recorder.done(System.nanoTime() - begun, operation.rows());
                    } catch (LoadException e) {
                        recorder.failed(e);
                    }
                }
            }
        });
        return Recorder.sum(recorders, (System.nanoTime() - start[0]) / 1e9);
    }
}
