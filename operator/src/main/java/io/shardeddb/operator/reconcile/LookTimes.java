package io.shardeddb.operator.reconcile;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How many looks a loop took, and for how long. */
final class LookTimes {

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /** One look. */
    interface Look {
        Duration take() throws InterruptedException;
    }

    /** Takes a look and measures it, also when it fails. */
    Duration of(Look look) throws InterruptedException {
        long start = System.nanoTime();
        try {
            return look.take();
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
