package io.shardeddb.server.group;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.CommittedEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a portion of committed entries ends. A definition is a portion of its own, so that nothing else is undone or waits when the database
 * cannot carry it out; when a verdict on it is known already, the portion reaches to that. What this version does not know is in none.
 */
final class PortionEnd {

    private PortionEnd() {}

    /**
     * How many entries from the front make up the next portion.
     *
     * @param entries committed, in order; not empty
     * @return 0: this version does not know the first one, and nothing may be applied
     */
    static int of(List<LogEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            LoggedCommand command = command(entries.get(i));
            if (command == null) {
                continue;
            }
            if (CommittedEntry.isUnknown(command)) {
                return i;
            }
            if (command.hasDefineSchema()) {
                return i == 0 ? endOfDefinition(entries) : i;
            }
        }
        return entries.size();
    }

    /** Whether an entry defines tables. */
    static boolean isDefinition(LogEntry entry) {
        LoggedCommand command = command(entry);
        return command != null && command.hasDefineSchema();
    }

    private static int endOfDefinition(List<LogEntry> entries) {
        long definition = entries.getFirst().index();
        for (int i = 1; i < entries.size(); i++) {
            LoggedCommand command = command(entries.get(i));
            if (command != null && (CommittedEntry.isUnknown(command) || command.hasDefineSchema())) {
                break;
            }
            if (command != null && isOn(command.getVerdict(), definition)) {
                return i + 1;
            }
        }
        return 1;
    }

    private static boolean isOn(Verdict verdict, long definition) {
        return verdict.getEntry() == definition && verdict.getRequest() == 0;
    }

    private static @Nullable LoggedCommand command(LogEntry entry) {
        return entry.payload() instanceof CommandPayload payload ? payload.command() : null;
    }
}
