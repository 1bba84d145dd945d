package io.shardeddb.bench.workload;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The rows of one table of one database. Numbers for new rows are given once; a row counts as present, so that it may
 * be read, once it and all rows of smaller numbers were acknowledged.
 */
public final class Population {

    private final AtomicLong reserved = new AtomicLong();
    private final AcknowledgedPrefix acknowledged = new AcknowledgedPrefix();

    /** Numbers for so many new rows: the one returned and those after it. */
    public long reserve(int rows) {
        return reserved.getAndAdd(rows);
    }

    /** Rows from this number on were written. */
    public void acknowledged(long first, int rows) {
        acknowledged.add(first, first + rows);
    }

    /** How many rows are surely there: those with the numbers 0 to this - 1. */
    public long present() {
        return acknowledged.end();
    }
}
