package io.shardeddb.router.interactive;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;

/** What all transactions of this router may use together. Any thread. */
final class Budget {

    /** Transactions that are open at the same time, at most. */
    static final int MOST_OPEN = 256;

    /** Bytes of all rows that transactions have written and not committed, about. */
    static final long MOST_BYTES = 64L << 20;

    private int open;
    private long bytes;

    /**
     * A transaction begins.
     *
     * @throws DatabaseException OVERLOADED
     */
    synchronized void begin() {
        if (open == MOST_OPEN) {
            throw new DatabaseException(
                    ErrorCode.OVERLOADED, MOST_OPEN + " transactions are open at this router; more must wait");
        }
        open++;
    }

    /** One has ended, or was not begun after all. */
    synchronized void end() {
        open--;
    }

    /**
     * A transaction has written more, or less where it is negative.
     *
     * @throws DatabaseException OVERLOADED
     */
    synchronized void use(long more) {
        if (more > 0 && bytes + more > MOST_BYTES) {
            throw new DatabaseException(
                    ErrorCode.OVERLOADED,
                    "the open transactions of this router have written " + bytes + " bytes; more must wait");
        }
        bytes += more;
    }
}
