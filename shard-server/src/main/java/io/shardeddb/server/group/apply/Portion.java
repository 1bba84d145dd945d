package io.shardeddb.server.group.apply;

import com.google.protobuf.ByteString;
import io.shardeddb.consensus.LogEntry;
import io.shardeddb.consensus.Payload;
import io.shardeddb.consensus.SnapshotMarker;
import io.shardeddb.protocol.change.LoggedWrites;
import io.shardeddb.protocol.wire.LoggedCommand;
import io.shardeddb.server.group.decision.Standing;
import io.shardeddb.server.group.propose.Proposals;
import io.shardeddb.server.group.verdict.KnownVerdicts;
import io.shardeddb.server.log.CommandPayload;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.store.CommittedEntry;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Entries that are being applied, and who waits for them. The code that takes the waiters answers them, so nobody is
 * answered twice. Of the loop.
 */
public final class Portion {
    /** When others are through with what takes longer than this here, the database here is taken to hang. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The same where tables change: it takes as long as there are rows, on one machine longer than on another. */
    private static final long STUCK_WITH_TABLES_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** From here on it is told that tables change. */
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<CommittedEntry> entries;
    private final long since;
    private NavigableMap<Long, Proposals.Waiters> waiters;

    /** @param since on the monotonic clock */
    public Portion(List<CommittedEntry> entries, NavigableMap<Long, Proposals.Waiters> waiters, long since) {
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
    public static List<CommittedEntry> committed(
            List<LogEntry> entries, KnownVerdicts verdicts, SnapshotMarker marker) {
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
        // The configuration that the group began with is in no entry.
        return entry.index() == 1 && marker.index() == 0 ? ConfigurationCodec.encode(marker.configuration()) : null;
    }

    public List<CommittedEntry> entries() {
        return entries;
    }

    long since() {
        return since;
    }

    /** Index of the definition of tables that this is; 0: it is something else. */
    public long definition() {
        LoggedCommand command = entries.isEmpty() ? null : entries.getFirst().command();
        return command != null && command.hasDefineSchema() ? entries.getFirst().index() : 0;
    }

    /** Whether the last entry is a verdict on an earlier one. */
    public boolean endsWithVerdict() {
        LoggedCommand command = entries.getLast().command();
        return command != null && command.hasVerdict();
    }

    /** Whether an entry is a command that is no write of rows. */
    public boolean changesMoreThanRows() {
        for (CommittedEntry entry : entries) {
            LoggedCommand command = entry.command();
            if (command != null && !LoggedWrites.isWrite(command)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one has been under way for so long that the database may hang. */
    public static boolean isStuck(@Nullable Portion portion, long now) {
        return portion != null
                && now - portion.since > (portion.definition() == 0 ? STUCK_NANOS : STUCK_WITH_TABLES_NANOS);
    }

    /** What to tell of one that changes tables, once it takes a while; empty for anything else. */
    public static String changing(@Nullable Portion portion, long now) {
        LoggedCommand command = portion == null || portion.definition() == 0 || now - portion.since < TOLD_NANOS
                ? null
                : portion.entries.getFirst().command();
        return portion == null || command == null
                ? ""
                : "the tables of version "
                        + Long.toUnsignedString(command.getDefineSchema().getVersion()) + " are being made, for "
                        + TimeUnit.NANOSECONDS.toSeconds(now - portion.since) + " s so far";
    }

    /** What is being done, for people. */
    public Standing.Task task(long now) {
        return entries.isEmpty()
                ? new Standing.Task(0, 0, false, now - since)
                : new Standing.Task(
                        entries.getFirst().index(), entries.getLast().index(), definition() != 0, now - since);
    }

    /** Who waits, by index; empty when somebody has taken them before. */
    public NavigableMap<Long, Proposals.Waiters> takeWaiters() {
        NavigableMap<Long, Proposals.Waiters> taken = waiters;
        waiters = new TreeMap<>();
        return taken;
    }
}
