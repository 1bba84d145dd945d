package io.shardeddb.server.group;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.store.CommittedEntry;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

    /**
     * Entries as the store takes them.
     *
     * @param verdicts what is known of them beforehand
     * @param marker of the log
     */
    static List<CommittedEntry> committed(List<LogEntry> entries, KnownVerdicts verdicts, SnapshotMarker marker) {
        return entries.stream()
                .map(entry -> new CommittedEntry(
                        entry.index(),
                        entry.term(),
                        entry.payload() instanceof CommandPayload payload ? payload.command() : null,
                        configuration(entry, marker),
                        verdicts.on(entry.index())))
                .toList();
    }

    private static @Nullable ByteString configuration(LogEntry entry, SnapshotMarker marker) {
        if (entry.payload() instanceof Payload.Membership(var membership)) {
            return ConfigurationCodec.encode(membership);
        }
        // The configuration that the group began with stands in no entry.
        return entry.index() == 1 && marker.index() == 0 ? ConfigurationCodec.encode(marker.configuration()) : null;
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
