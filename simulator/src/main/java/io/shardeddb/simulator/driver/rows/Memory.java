package io.shardeddb.simulator.driver.rows;

import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.transaction.LogPlace;
import io.shardeddb.server.store.transaction.OpenTransactions;
import io.shardeddb.server.store.transaction.TransactionView;
import java.util.HashMap;
import java.util.Map;

/**
 * What a replica's process remembers of its rows from one transaction of the database to the next: which requests are
 * known, and which transactions over several groups are open.
 */
public final class Memory {
    private final RequestWindow window;
    private final OpenTransactions open;

    /** As production reads it when it does not know. */
    public Memory(State state) {
        window = state.window();
        open = new OpenTransactions(state.transactions());
    }

    RequestWindow window() {
        return window;
    }

    OpenTransactions open() {
        return open;
    }

    /** What others may look at. */
    public TransactionView view() {
        return open.view();
    }

    /** A view of open transactions that shows none of their locks, which is wrong. */
    public static TransactionView withoutLocks(State state) {
        Map<LogPlace, TransactionRecord> unlocked = new HashMap<>();
        state.transactions()
                .forEach((place, record) -> unlocked.put(
                        place,
                        record.hasPrepared()
                                ? TransactionRecord.newBuilder()
                                        .setPrepared(
                                                record.getPrepared().toBuilder().clearRows())
                                        .build()
                                : record));
        return new OpenTransactions(unlocked).view();
    }

    /** What it knows is stored. */
    public void stored() {
        open.stored();
    }
}
