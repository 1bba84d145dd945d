package io.shardeddb.server.group;

import io.shardeddb.server.store.CommittedEntry;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Entries that are being applied, and who waits for them. Whoever takes the waiters answers them, so that nobody is answered twice. Of the loop. */
final class Portion {
    private final List<CommittedEntry> entries;
    private final long since;
    private NavigableMap<Long, Proposals.Waiters> waiters;

    /** @param since as {@link System#nanoTime} */
    Portion(List<CommittedEntry> entries, NavigableMap<Long, Proposals.Waiters> waiters, long since) {
        this.entries = List.copyOf(entries);
        this.waiters = waiters;
        this.since = since;
    }

    List<CommittedEntry> entries() {
        return entries;
    }

    long since() {
        return since;
    }

    /** Who waits, by index; empty when somebody has taken them before. */
    NavigableMap<Long, Proposals.Waiters> takeWaiters() {
        NavigableMap<Long, Proposals.Waiters> taken = waiters;
        waiters = new TreeMap<>();
        return taken;
    }
}
