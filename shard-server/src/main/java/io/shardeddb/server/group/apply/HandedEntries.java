package io.shardeddb.server.group.apply;

import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.server.store.CommittedEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries that were handed to the store, whether they are applied, held or still running. Only these can have been
 * answered, or seen by a reader. So a view that shows the last one of a table shows everything that anybody knows of
 * it. Of the loop.
 */
public final class HandedEntries {
    private final Map<String, Long> ofTables = new HashMap<>();
    private long ofAll;
    private long last;

    /** The store had everything up to here when it was opened, or from a copy. */
    void startAt(long index) {
        ofAll = Math.max(ofAll, index);
        last = Math.max(last, index);
    }

    void handed(List<CommittedEntry> entries) {
        for (CommittedEntry entry : entries) {
            last = Math.max(last, entry.index());
            LoggedCommand command = entry.command();
            if (command != null) {
                note(command, entry.index());
            }
        }
    }

    private void note(LoggedCommand command, long index) {
        if (!LoggedWrites.isWrite(command)) {
            ofAll = Math.max(ofAll, index);
            return;
        }
        for (LoggedRequest request : LoggedWrites.of(command).requests()) {
            if (request.getTransaction().hasCommit() || request.getTransaction().hasRelease()) {
                // It names no tables.
                ofAll = Math.max(ofAll, index);
            }
            for (String table : request.getTablesList()) {
                ofTables.merge(table, index, Math::max);
            }
        }
    }

    /**
     * Whether a view may lack something.
     *
     * @param table of this one; absent: of any
     */
    public boolean changedSince(@Nullable String table, long index) {
        return ofAll > index
                || (table == null
                        ? ofTables.values().stream().anyMatch(last -> last > index)
                        : ofTables.getOrDefault(table, 0L) > index);
    }

    /** Index of the last one. */
    public long last() {
        return last;
    }
}
