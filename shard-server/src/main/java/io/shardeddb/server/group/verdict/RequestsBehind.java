package io.shardeddb.server.group.verdict;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.log.GroupLog;

/**
 * Whether a leader's log has requests behind a definition that name the version of its tables: then somebody was told
 * that they are there. All that was ever acknowledged is in a leader's log, and in one term that only grows; so it is
 * gone through once, a little at a time. Used on the loop.
 */
public final class RequestsBehind {
    private static final long BYTES_AT_A_TIME = 1 << 20;

    private long term;
    private long entry;
    private long seenTo;
    private boolean found;

    /**
     * Looks on.
     *
     * @param definition index of the definition's entry
     * @param version of its tables
     * @return false: there are none, up to the log's end; true: there are, or not all of it has been looked at
     */
    public boolean mayBe(GroupLog log, long inTerm, long definition, long version) {
        if (term != inTerm || entry != definition) {
            term = inTerm;
            entry = definition;
            seenTo = definition;
            found = false;
        }
        long bytes = 0;
        while (!found && seenTo < log.lastIndex() && bytes < BYTES_AT_A_TIME) {
            seenTo++;
            if (log.writesRows(seenTo)) {
                bytes += log.bytes(seenTo, seenTo);
                found = log.entries(seenTo, seenTo, Long.MAX_VALUE).stream().anyMatch(at -> names(at, version));
            }
        }
        return found || seenTo < log.lastIndex();
    }

    /** Whether an entry has a request for the tables of a version. */
    static boolean names(LogEntry entry, long version) {
        LoggedCommand command = entry.payload() instanceof CommandPayload payload ? payload.command() : null;
        return command != null
                && LoggedWrites.of(command).requests().stream()
                        .mapToLong(LoggedRequest::getSchemaVersion)
                        .anyMatch(named -> named == version);
    }
}
