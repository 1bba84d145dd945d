package io.shardeddb.server.group.read;

import io.shardeddb.consensus.Effects;
import io.shardeddb.consensus.Freshness;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.Role;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.server.group.Answers;
import io.shardeddb.server.group.ReplicaView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one group that wait: for a quorum's confirmation, for an index to be applied, for both. Confined to the
 * loop.
 */
public final class Reads {
    private final Map<Long, Admission> unconfirmed = new HashMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long lastId;

    /**
     * A read that wants to begin.
     *
     * @param level what it wants
     * @param maxStalenessNanos for bounded reads
     * @param minimumIndex must be applied first
     * @param deadline on the monotonic clock
     * @param begin takes the admission, on the loop
     */
    public record Admission(Level level, long maxStalenessNanos, long minimumIndex, long deadline, Begin begin) {}

    public enum Level {
        /** Nothing is read: it is only confirmed that this replica leads. */
        LEADERSHIP,
        STRONG,
        BOUNDED,
        EVENTUAL
    }

    /** How an admission ends. */
    @FunctionalInterface
    public interface Begin {
        /**
         * Ends the waiting.
         *
         * @param refusal why the read may not begin; {@code null} if it may
         * @param text the reason in words
         * @param confirmed the confirmation of a strong read; {@code null} otherwise
         */
        void accept(@Nullable ErrorCode refusal, String text, Effects.@Nullable ConfirmedRead confirmed);
    }

    private record Waiting(Admission read, long index, Effects.@Nullable ConfirmedRead confirmed) {}

    /** Whether no read waits. */
    public boolean isIdle() {
        return unconfirmed.isEmpty() && waiting.isEmpty();
    }

    /** Lets a read begin, lets it wait, or refuses it, by its level and by what this replica knows. */
    public void admit(Admission read, Replica core, ReplicaView view, long applied, long now) {
        boolean leads = core.role() == Role.LEADER;
        switch (read.level()) {
            case LEADERSHIP, STRONG -> {
                if (!leads) {
                    read.begin().accept(ErrorCode.NOT_LEADER, Answers.notLeaderText(view), null);
                    return;
                }
                request(read, core, now);
            }
            case BOUNDED -> {
                if (leads) {
                    request(read, core, now);
                    return;
                }
                Freshness fresh = core.freshness();
                if (fresh.asOf() == Long.MIN_VALUE || now - fresh.asOf() > read.maxStalenessNanos()) {
                    read.begin()
                            .accept(
                                    ErrorCode.TOO_STALE,
                                    "this replica does not know to be as fresh as was asked",
                                    null);
                } else {
                    whenApplied(new Waiting(read, Math.max(fresh.index(), read.minimumIndex()), null), applied);
                }
            }
            case EVENTUAL -> {
                if (leads && read.minimumIndex() > core.status().lastIndex()) {
                    request(read, core, now);
                    return;
                }
                whenApplied(new Waiting(read, read.minimumIndex(), null), applied);
            }
        }
    }

    private void request(Admission read, Replica core, long now) {
        long id = ++lastId;
        unconfirmed.put(id, read);
        core.requestRead(id, now);
    }

    /**
     * A quorum has confirmed the leadership after a read came.
     *
     * @param lastIndex of the log: a confirmed leader has everything that was ever committed
     */
    public void confirmed(Effects.ConfirmedRead confirmation, long applied, long lastIndex) {
        Admission read = unconfirmed.remove(confirmation.id());
        if (read != null && read.level() == Level.LEADERSHIP) {
            read.begin().accept(null, "", confirmation);
        } else if (read != null && read.minimumIndex() > lastIndex) {
            read.begin()
                    .accept(
                            ErrorCode.SESSION_LOST,
                            "the session has seen index " + read.minimumIndex() + ", and the shard has " + lastIndex
                                    + ": it was lost when the shard was recovered; begin a new session",
                            null);
        } else if (read != null) {
            whenApplied(
                    new Waiting(read, Math.max(confirmation.readIndex(), read.minimumIndex()), confirmation), applied);
        }
    }

    /** The leadership could not be confirmed: the read is refused, with the leader as far as it is known. */
    public void refused(long id, ReplicaView view) {
        Admission read = unconfirmed.remove(id);
        if (read != null) {
            read.begin().accept(ErrorCode.NOT_LEADER, Answers.notLeaderText(view), null);
        }
    }

    private void whenApplied(Waiting read, long applied) {
        if (read.index() <= applied) {
            read.read().begin().accept(null, "", read.confirmed());
        } else {
            waiting.add(read);
        }
    }

    /** Lets the reads begin that waited for the log to be applied up to here. */
    public void applied(long index) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Waiting> ready = new ArrayList<>();
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting read = all.next();
            if (read.index() <= index) {
                all.remove();
                ready.add(read);
            }
        }
        ready.forEach(read -> read.read().begin().accept(null, "", read.confirmed()));
    }

    /** Refuses the reads whose deadline has passed. */
    public void expire(long now) {
        for (Iterator<Admission> all = unconfirmed.values().iterator(); all.hasNext(); ) {
            Admission read = all.next();
            if (now - read.deadline() > 0) {
                all.remove();
                read.begin().accept(ErrorCode.READ_TIMED_OUT, "no quorum confirmed the leadership in time", null);
            }
        }
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            Waiting read = all.next();
            if (now - read.read().deadline() > 0) {
                all.remove();
                read.read()
                        .begin()
                        .accept(
                                ErrorCode.READ_TIMED_OUT,
                                "index " + read.index() + " was not applied here in time",
                                null);
            }
        }
    }

    /** Refuses all reads that wait, because the replica goes. */
    public void abandon(String reason) {
        List<Admission> all = new ArrayList<>(unconfirmed.values());
        waiting.forEach(read -> all.add(read.read()));
        unconfirmed.clear();
        waiting.clear();
        all.forEach(read -> read.begin().accept(ErrorCode.UNKNOWN_GROUP, reason, null));
    }
}
