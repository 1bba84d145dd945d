package io.shardeddb.server.group.verdict;

import io.shardeddb.consensus.Message;
import io.shardeddb.server.group.decision.Standing;
import io.shardeddb.server.store.UnresolvedRequestException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The entry that the database here refuses to carry out. It waits for a verdict, and meanwhile it is tried again, with
 * longer and longer pauses and for ever: what is refused may be refused by this database alone, and its settings may be
 * corrected. Used on the loop.
 *
 * <p>A verdict rests on what members tell. So a member stops telling that it refuses the entry some time before it
 * tries again, so that a verdict that was asked for before is in its log by then.
 */
public final class RefusedEntry {
    static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** So long before another try it is not told any more. */
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private @Nullable UnresolvedRequestException open;
    private long since;
    private long again;
    private long pause;
    private boolean trying;

    /** The database refused it, for the first time or again. */
    public void refused(UnresolvedRequestException refusal, long now) {
        UnresolvedRequestException before = open;
        boolean known = before != null && before.entry() == refusal.entry();
        if (!known) {
            since = now;
        }
        pause = known ? Math.min(LONGEST_PAUSE_NANOS, 2 * pause) : FIRST_PAUSE_NANOS;
        again = now + pause;
        trying = false;
        open = refusal;
    }

    /** What the database refused; absent when it refuses nothing. */
    public @Nullable UnresolvedRequestException open() {
        return open;
    }

    /** Everything up to an index is applied, whatever its outcome. */
    public void appliedTo(long index) {
        UnresolvedRequestException refusal = open;
        if (refusal != null && refusal.entry() <= index) {
            open = null;
            trying = false;
        }
    }

    /** Whether an index is the refused entry's. */
    public boolean is(long index) {
        UnresolvedRequestException refusal = open;
        return refusal != null && refusal.entry() == index;
    }

    /** Whether it is time to try again. */
    public boolean isDue(long now) {
        return open != null && now - again >= 0;
    }

    /** Another try begins. */
    public void tries() {
        trying = true;
    }

    /** The try came to nothing that says anything about the entry. */
    public void tryEnded() {
        trying = false;
    }

    /**
     * Whether others may rely on it that the entry is refused here, and will not be tried before a verdict can arrive.
     */
    public boolean isTold(long now) {
        return open != null && !trying && now - (again - SILENT_NANOS) < 0;
    }

    /** What the others are told: the refused entry, or that there is none. */
    public long told(long now) {
        UnresolvedRequestException refusal = open;
        return refusal != null && isTold(now) ? refusal.entry() : Message.HeartbeatResponse.REFUSES_NOTHING;
    }

    /**
     * Which request of that entry they are told, from 0; {@link Message.HeartbeatResponse#REQUEST_NOT_TOLD} if there is
     * none.
     */
    public int toldRequest(long now) {
        UnresolvedRequestException refusal = open;
        return refusal != null && isTold(now) ? refusal.request() : Message.HeartbeatResponse.REQUEST_NOT_TOLD;
    }

    /** What is told of a replica that cannot go on before an entry. */
    public static String reason(UnresolvedRequestException open, String more) {
        return "the database refuses entry " + open.entry() + " and is asked again: " + open.databaseReason()
                + (more.isEmpty() ? "" : "; " + more);
    }

    /** What prevents applying; nothing if nothing is refused. */
    public Standing.Obstacle obstacle(long now) {
        UnresolvedRequestException refusal = open;
        return refusal == null
                ? Standing.Obstacle.NONE
                : new Standing.Obstacle(refusal.entry(), reason(refusal, ""), now - since);
    }

    /** Since when the entry has been refused, on the monotonic clock; says nothing when none is. */
    public long since() {
        return since;
    }
}
