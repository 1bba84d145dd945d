package io.shardeddb.server.group.propose;

import io.shardeddb.consensus.Durations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When a leader proposed its entries: how long they took until they were committed, in its own terms, and how old the
 * oldest entry is that a peer lacks. Bounded in memory. Times are of the monotonic clock. Confined to the loop.
 */
public final class EntryTimes {

    /** Commits that are longer ago say nothing of a leader now. */
    static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * So many times are remembered for peers that lag; every second one is dropped when there are more, so they reach
     * back ever further.
     */
    private static final int REMEMBERED = 512;

    private static final Durations.Summary NONE = new Durations.Summary(0, 0, 0, 0);

    private final ArrayDeque<Proposed> uncommitted = new ArrayDeque<>();
    private List<Proposed> history = new ArrayList<>();
    private int apart = 1;
    private Durations commits = new Durations();
    private long lastCommit;

    private record Proposed(long index, long at) {}

    /** An entry was proposed. */
    void proposed(long index, long now) {
        Proposed entry = new Proposed(index, now);
        uncommitted.add(entry);
        if (index % apart == 0) {
            history.add(entry);
        }
        if (history.size() > REMEMBERED) {
            apart *= 2;
            history.removeIf(old -> old.index() % apart != 0);
        }
    }

    /** Entries up to this one are committed. */
    void committedTo(long index, long now) {
        Proposed oldest = uncommitted.peek();
        while (oldest != null && oldest.index() <= index) {
            commits.note(now - oldest.at());
            lastCommit = now;
            uncommitted.remove();
            oldest = uncommitted.peek();
        }
    }

    /**
     * How long commits took lately, from proposing to knowing that a quorum has the entry; none when none was lately.
     */
    public Durations.Summary commits(long now) {
        return now - lastCommit > RECENT_NANOS ? NONE : commits.summary();
    }

    /**
     * How long a peer has lacked an entry, in nanoseconds: 0 when it lacks none that was proposed here. Of entries from
     * which none is remembered it is the age of the next one that is, so rather too little.
     *
     * @param index up to which the peer is known to have the log
     */
    public long lag(long index, long now) {
        // Those who lag little are asked about most.
        long at = now;
        for (int i = history.size() - 1; i >= 0 && history.get(i).index() > index; i--) {
            at = history.get(i).at();
        }
        for (Proposed entry : uncommitted) {
            if (entry.index() > index) {
                at = Math.min(at, entry.at());
                break;
            }
        }
        return Math.max(0, now - at);
    }

    /** The leadership is over, or what was proposed is not in the log any more. */
    void forget() {
        uncommitted.clear();
        history = new ArrayList<>();
        apart = 1;
        commits = new Durations();
        lastCommit = 0;
    }
}
