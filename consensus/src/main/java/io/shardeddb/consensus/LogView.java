package io.shardeddb.consensus;

import java.util.List;

/**
 * The log as its keeper has it in memory, entries that are not yet durable included. The protocol only reads it;
 * changes come to the keeper through {@link Effects}, and must be visible here before the replica is given its next
 * input.
 */
public interface LogView {

    /** The index after the marker's. */
    long firstIndex();

    /** The index of the last entry, or {@code firstIndex() - 1} if there is none. */
    long lastIndex();

    /**
     * The term of an entry.
     *
     * @param index from {@code firstIndex() - 1}, which is the marker's, to {@code lastIndex()}
     */
    long term(long index);

    /**
     * Consecutive entries.
     *
     * @param from the first index wanted, within the log
     * @param to the last index wanted, within the log
     * @param maxBytes where to stop, by {@link LogEntry#sizeInBytes()}; the first entry is returned however large
     * @return the entries; an empty list says that they must be fetched first, and the replica asks again later
     */
    List<LogEntry> entries(long from, long to, long maxBytes);
}
