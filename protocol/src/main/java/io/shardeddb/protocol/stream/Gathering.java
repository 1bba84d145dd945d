package io.shardeddb.protocol.stream;

import java.util.concurrent.TimeUnit;

/**
 * Decides how long requests wait for others to travel with: as a frame to a server, or as an entry of a log. A message
 * costs work on every thread that it passes, however little it carries. Clients that have just been answered come back
 * soon. If a message left with the first of them, the others would wait for the next message, and two would have to be
 * paid for.
 *
 * <p>A request that is alone never waits. Where several are usually under way at the same time, the first waits until
 * most of as many are there, but no longer than a part of what the way takes anyway. The same idea as PostgreSQL's
 * {@code commit_delay} and {@code commit_siblings}, with both found by watching.
 *
 * <p>Times are {@link System#nanoTime}. Not for several threads.
 */
public final class Gathering {

    private final long longestNanos;
    private long begun;
    private double usual;
    private double wayNanos;

    /** @param longestMillis that a request waits at most */
    public Gathering(long longestMillis) {
        longestNanos = TimeUnit.MILLISECONDS.toNanos(longestMillis);
    }

    /** The first request begins to wait. */
    public void begin(long now) {
        begun = now;
    }

    /** When the first of those that wait began to. */
    public long begun() {
        return begun;
    }

    /** Whether those that wait leave now. */
    public boolean isOver(int waiting, long now) {
        return GatheringRule.next(waiting, usual, end() - now) != GatheringRule.Next.WAIT;
    }

    /** When they leave at the latest. */
    public long end() {
        return begun + GatheringRule.longest(wayNanos, longestNanos);
    }

    /**
     * They left. What is behind them, if anything, begins to wait now.
     *
     * @param underWay requests that are not answered yet, these among them
     */
    public void left(int underWay, long now) {
        usual = GatheringRule.follow(usual, underWay);
        begun = now;
    }

    /** Some that left were answered after so many nanoseconds. */
    public void answered(long nanos) {
        wayNanos = GatheringRule.follow(wayNanos, (double) nanos);
    }

    /** Begins again: the way leads elsewhere. */
    public void forget() {
        usual = 0;
        wayNanos = 0;
    }
}
