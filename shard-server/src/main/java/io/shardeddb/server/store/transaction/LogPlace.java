package io.shardeddb.server.store.transaction;

import java.util.Comparator;

/**
 * A request's place in the log: where a transaction was prepared or decided.
 *
 * @param index of the entry
 * @param place of the request in it, from 0
 */
public record LogPlace(long index, int place) implements Comparable<LogPlace> {

    private static final Comparator<LogPlace> ORDER =
            Comparator.comparingLong(LogPlace::index).thenComparingInt(LogPlace::place);

    @Override
    public int compareTo(LogPlace other) {
        return ORDER.compare(this, other);
    }
}
