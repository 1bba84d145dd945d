package io.shardeddb.server.group.decision;

import java.util.concurrent.TimeUnit;

/**
 * How long rows wait that nobody waits for, so that what comes meanwhile shares their transaction. With many replicas
 * on a server they wait longer, because each has transactions of its own: all together begin about the same number in a
 * second.
 */
public final class ApplyPace {

    /**
     * So many transactions in a second for rows that nobody waits for, about. Each costs a server and its database a
     * millisecond.
     */
    private static final int TRANSACTIONS_PER_SECOND = 50;

    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private ApplyPace() {}

    /**
     * From the end of a transaction to the next one's beginning, or from the first of held rows to their commit.
     *
     * @param replicas on this server
     * @return nanoseconds, between a tenth of a second and one
     */
    public static long nanos(int replicas) {
        return Math.clamp(replicas * TimeUnit.SECONDS.toNanos(1) / TRANSACTIONS_PER_SECOND, LEAST_NANOS, MOST_NANOS);
    }
}
