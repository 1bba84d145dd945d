package io.shardeddb.server.group.apply;

import java.util.concurrent.TimeUnit;

/**
 * Whether a replica that was started takes part in elections yet. A log that was rolled back has forgotten what it
 * acknowledged and how it voted; it is known by the rows, which are ahead of it, so they are asked first. Times are on
 * the monotonic clock. Of the loop.
 */
public final class FirstComparison {
    /** So long at most: after a failure of everything, groups need not wait for all databases. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long waitsUntil;
    private boolean made;
    private boolean resumed;

    /** @param needless whether there is nothing to compare: the log never held anything */
    public FirstComparison(boolean needless, long now) {
        made = needless;
        resumed = needless;
        waitsUntil = now + LONGEST_NANOS;
    }

    /** The rows are not ahead of the log. */
    public void made() {
        made = true;
    }

    public boolean isOver(long now) {
        return made || now - waitsUntil >= 0;
    }

    /** When a deadline of the protocol's core comes. */
    public long notBefore(long deadline) {
        return made || waitsUntil - deadline < 0 ? deadline : waitsUntil;
    }

    /** Whether elections begin to be taken part in; true once. */
    public boolean resumes() {
        boolean first = !resumed;
        resumed = true;
        return first;
    }
}
