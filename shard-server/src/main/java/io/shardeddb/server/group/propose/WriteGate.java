package io.shardeddb.server.group.propose;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Says whether writes may be begun while readers open views of several shards. It is closed for as long as a reader
 * wants, within bounds. Then it is open for as long as it was closed, so that writers get half of the time at least.
 */
final class WriteGate {
    /** No reader makes it stay closed for longer. */
    static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1_280);

    private final Set<Long> readers = new HashSet<>();
    private long closedAt;
    private long opensAt;
    private boolean rests;
    private long restsUntil;

    /**
     * A reader wants it closed.
     *
     * @param reader its number
     * @param nanos for how long at most, from when it was closed
     * @return whether it is
     */
    boolean close(long reader, long now, long nanos) {
        if (!isClosed(now)) {
            rests = rests && now - restsUntil < 0;
            if (rests) {
                return false;
            }
            closedAt = now;
            opensAt = now;
        }
        long until = closedAt + Math.min(nanos, LONGEST_NANOS);
        opensAt = until - opensAt > 0 ? until : opensAt;
        readers.add(reader);
        return true;
    }

    /** A reader needs it no more. */
    void leave(long reader, long now) {
        if (isClosed(now) && readers.remove(reader) && readers.isEmpty()) {
            rest(now, now - closedAt);
        }
    }

    /** Whether it is closed. */
    boolean isClosed(long now) {
        if (!readers.isEmpty() && now - opensAt >= 0) {
            readers.clear();
            rest(opensAt, opensAt - closedAt);
        }
        return !readers.isEmpty();
    }

    private void rest(long from, long nanos) {
        rests = true;
        restsUntil = from + nanos;
    }

    /** When it opens at the latest, if it is closed. */
    long opensAt() {
        return opensAt;
    }
}
