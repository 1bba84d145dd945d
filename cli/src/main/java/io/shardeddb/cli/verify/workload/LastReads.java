package io.shardeddb.cli.verify.workload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads of all rows that a workload has used, when its clients stand still. Each is repeated until it is answered. */
final class LastReads {

    /** Progress is told after so many. */
    private static final int TOLD_EACH = 1_000;

    private LastReads() {}

    /** A read of one row; empty when there was no answer that tells. */
    @FunctionalInterface
    interface Read<T> {
        Optional<T> of(long key) throws InterruptedException;
    }

    /**
     * Reads all.
     *
     * @param said is told how far it is, where there are many
     */
    static <T> List<T> of(String table, Collection<Long> keys, Read<T> read, Consumer<String> said)
            throws InterruptedException {
        List<T> reads = new ArrayList<>();
        for (long key : keys) {
            reads.add(Prepared.WAITER.first(() -> read.of(key)).orElseThrow(() -> Prepared.unreadable(table, key)));
            if (reads.size() % TOLD_EACH == 0) {
                said.accept(String.format("%,d of %,d rows of %s read", reads.size(), keys.size(), table));
            }
        }
        return reads;
    }
}
