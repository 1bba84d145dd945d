package io.shardeddb.server.store.request;

/**
 * Timestamps that the rows of one request get.
 *
 * @param first of its first operation
 * @param step where each operation stands alone, each further one's is greater by so much; 0: they share the first
 */
public record RowTimes(long first, long step) {

    /**
     * The timestamp of one operation's row.
     *
     * @param operation from 0
     * @param eachAlone whether operations stand alone
     */
    long of(int operation, boolean eachAlone) {
        return eachAlone ? first + operation * step : first;
    }
}
