package io.shardeddb.server.group.apply;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.server.group.decision.ApplyDecision;
import io.shardeddb.server.group.verdict.KnownVerdicts;
import io.shardeddb.server.group.verdict.RefusedEntry;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a portion of committed entries ends. A definition is a portion of its own, so that nothing else is undone or
 * waits when the database cannot carry it out. What this version does not know is in none.
 */
public final class PortionEnd {

    private PortionEnd() {}

    /**
     * How many entries from the front make up the next portion.
     *
     * @param entries committed, in order; not empty
     * @return 0: this version does not know the first one, and nothing may be applied
     */
    public static int of(List<LogEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            LoggedCommand command = command(entries.get(i));
            if (command == null) {
                continue;
            }
            if (CommittedEntry.isUnknown(command)) {
                return i;
            }
            if (command.hasDefineSchema()) {
                return Math.max(1, i);
            }
            if (command.hasVerdict()) {
                // A member that has carried out what is refused with it differs from here on. It is told so at once.
                return i + 1;
            }
        }
        return entries.size();
    }

    /**
     * Whether nothing can be applied at present. Either a verdict on the next entry is on its way, or the database has
     * refused the entry, there is no verdict, and it is not yet time to try again.
     */
    public static boolean waits(long next, KnownVerdicts verdicts, RefusedEntry refused, long now) {
        if (verdicts.coming().contains(next)) {
            return true;
        }
        UnresolvedRequestException open = refused.open();
        return open != null && open.entry() == next && !verdicts.has(next, open.request()) && !refused.isDue(now);
    }

    /**
     * Where a portion ends so that it does not reach an entry that waits.
     *
     * @param first index of the portion's first entry, which does not wait
     * @param end how many entries it would have else, 1 or more
     * @return how many it has, 1 or more
     */
    public static int beforeUndecided(long first, int end, KnownVerdicts verdicts, RefusedEntry refused) {
        if (refused.is(first)) {
            // Nothing else should be undone with it when it is refused again.
            return 1;
        }
        for (int i = 1; i < end; i++) {
            if (verdicts.coming().contains(first + i) || refused.is(first + i)) {
                return i;
            }
        }
        return end;
    }

    /**
     * What the first entry of a portion is, as far as its command says.
     *
     * @param entries committed, in order; not empty
     */
    public static ApplyDecision.First first(List<LogEntry> entries) {
        LoggedCommand command = command(entries.getFirst());
        if (command == null) {
            return ApplyDecision.First.ORDINARY;
        }
        if (CommittedEntry.isUnknown(command)) {
            return ApplyDecision.First.UNKNOWN;
        }
        return command.hasDefineSchema() ? ApplyDecision.First.DEFINITION : ApplyDecision.First.ORDINARY;
    }

    private static @Nullable LoggedCommand command(LogEntry entry) {
        return entry.payload() instanceof CommandPayload payload ? payload.command() : null;
    }
}
