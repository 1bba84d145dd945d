package io.shardeddb.cli.verify.workload;

import io.shardeddb.cli.verify.check.Outcome;

/** Counts a workload's writes. Thread-safe. */
public final class Tally {

    private long operations;
    private long acknowledged;
    private long unknown;
    private long longestNanos;

    /** A write was answered for good, or given up, after so long. */
    synchronized void answered(Outcome outcome, long nanos) {
        operations++;
        acknowledged += outcome == Outcome.DONE ? 1 : 0;
        unknown += outcome == Outcome.UNKNOWN ? 1 : 0;
        longestNanos = Math.max(longestNanos, nanos);
    }

    /** Writes that were sent. */
    public synchronized long operations() {
        return operations;
    }

    /** Those that were done. */
    public synchronized long acknowledged() {
        return acknowledged;
    }

    /** Those of which the client did not learn whether they happened. */
    public synchronized long unknown() {
        return unknown;
    }

    /** The longest time that a client waited for the last answer to a write. */
    public synchronized long longestMillis() {
        return longestNanos / 1_000_000;
    }
}
