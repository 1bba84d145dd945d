package io.shardeddb.server.group.apply;

import io.shardeddb.server.log.GroupLog;
import io.shardeddb.server.store.AppliedState;
import org.jspecify.annotations.Nullable;

/** Finds out by the rows that a log is an old copy of itself: the rows have what the log has lost. */
public final class RolledBack {
    private RolledBack() {}

    /**
     * How the rows prove it; absent: they do not.
     *
     * @param state what is applied to the rows, at or behind the log's beginning
     */
    public static @Nullable String reason(GroupLog log, AppliedState state) {
        if (state.index() > log.lastIndex()) {
            return "index " + state.index() + " is applied, but the log ends at " + log.lastIndex()
                    + ": the log was rolled back";
        }
        return log.term(state.index()) == state.term()
                ? null
                : "index " + state.index() + " was applied in term " + state.term() + ", the log has it in term "
                        + log.term(state.index());
    }
}
