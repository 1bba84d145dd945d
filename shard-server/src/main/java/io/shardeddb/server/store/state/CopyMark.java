package io.shardeddb.server.store.state;

import org.jspecify.annotations.Nullable;

/**
 * What a copy's row contains once the copy is complete: the index that it reached. It bridges the moment between the
 * rows being durable and the log beginning behind them.
 */
public final class CopyMark {
    private static final String PREFIX = "complete at ";

    private CopyMark() {}

    public static String of(long index) {
        return PREFIX + index;
    }

    public static boolean isComplete(@Nullable String stored) {
        return stored != null && stored.startsWith(PREFIX);
    }

    /** The index of a complete copy; -1 when there is none. */
    public static long index(@Nullable String stored) {
        return stored != null && stored.startsWith(PREFIX) ? Long.parseLong(stored.substring(PREFIX.length())) : -1;
    }
}
