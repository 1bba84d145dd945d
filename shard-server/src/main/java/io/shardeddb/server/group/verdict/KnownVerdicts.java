package io.shardeddb.server.group.verdict;

import io.shardeddb.consensus.LogEntry;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.protocol.wire.Verdict;
import io.shardeddb.server.log.CommandPayload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The verdicts that a log holds, by the entries that they are on. They stand behind those entries, however far: an
 * entry is applied with the verdicts on it, and never before one that is on its way to being committed is known to be
 * committed or gone.
 *
 * @param committed verdicts in the order of the log
 * @param coming entries with a verdict that is in the log and not known to be committed
 */
public record KnownVerdicts(Map<Long, List<Verdict>> committed, Set<Long> coming) {

    /** No verdict is known. */
    public static final KnownVerdicts NONE = new KnownVerdicts(Map.of(), Set.of());

    /**
     * Of a log's verdicts.
     *
     * @param entries the entries that are verdicts, in order
     * @param committedTo up to where the log is committed
     */
    public static KnownVerdicts of(List<LogEntry> entries, long committedTo) {
        if (entries.isEmpty()) {
            return NONE;
        }
        Map<Long, List<Verdict>> committed = new HashMap<>();
        Set<Long> coming = new HashSet<>();
        for (LogEntry entry : entries) {
            if (!(entry.payload() instanceof CommandPayload payload)
                    || payload.command().getBodyCase() != LoggedCommand.BodyCase.VERDICT) {
                throw new IllegalArgumentException("entry " + entry.index() + " is no verdict");
            }
            Verdict verdict = payload.command().getVerdict();
            if (entry.index() <= committedTo) {
                committed
                        .computeIfAbsent(verdict.getEntry(), on -> new ArrayList<>())
                        .add(verdict);
            } else {
                coming.add(verdict.getEntry());
            }
        }
        return new KnownVerdicts(committed, coming);
    }

    /** The committed verdicts on an entry. */
    public List<Verdict> on(long entry) {
        return committed.getOrDefault(entry, List.of());
    }

    /** Whether there is a verdict on a request of an entry, on its way or committed. */
    public boolean has(long entry, int request) {
        return coming.contains(entry) || on(entry).stream().anyMatch(verdict -> verdict.getRequest() == request);
    }
}
