package io.shardeddb.operator.reconcile;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How often a loop reconciled, and for how long. */
final class ReconcileTimes {

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /** One reconcile. */
    interface Reconcile {
        Duration run() throws InterruptedException;
    }

    /** Reconciles and measures that, also when it fails. */
    Duration of(Reconcile reconcile) throws InterruptedException {
        long start = System.nanoTime();
        try {
            return reconcile.run();
        } finally {
            nanos.add(System.nanoTime() - start);
            count.increment();
        }
    }

    long count() {
        return count.sum();
    }

    double seconds() {
        return nanos.sum() / 1e9;
    }
}
