package io.shardeddb.server.group.transaction;

import io.shardeddb.protocol.wire.RequestId;
import java.util.Comparator;

/**
 * How old a transaction is: of two that want one key, the older one may wait for the younger one, and the younger one
 * is refused. So no circle of transactions waits for itself (wait-die: Rosenkrantz, Stearns, Lewis, 1978).
 *
 * @param firstAskedMillis when its client first asked, kept over attempts
 * @param attempt decides between equal times
 */
record Age(long firstAskedMillis, RequestId attempt) implements Comparable<Age> {

    private static final Comparator<Age> ORDER = Comparator.comparingLong(Age::firstAskedMillis)
            .thenComparing(age -> age.attempt().getClient())
            .thenComparingLong(age -> age.attempt().getNumber());

    @Override
    public int compareTo(Age other) {
        return ORDER.compare(this, other);
    }
}
