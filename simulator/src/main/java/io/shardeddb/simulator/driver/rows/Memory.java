package io.shardeddb.simulator.driver.rows;

import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.transaction.OpenTransactions;
import io.shardeddb.server.store.transaction.TransactionView;

/**
 * What a replica's process remembers of its rows from one transaction of the database to the next: which requests are
 * known, and which transactions over several groups are open.
 */
public final class Memory {
    private final RequestWindow window;
    private final OpenTransactions open;
    private State at;

    /** As production reads it when it does not know. */
    public Memory(State state) {
        window = state.window();
        open = new OpenTransactions(state.transactions());
        at = state;
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

    /** Whether it is of this very state. */
    @SuppressWarnings("ReferenceEquality")
    public boolean isOf(State state) {
        return at == state;
    }

    /** What it knows is stored. */
    public void stored(State state) {
        at = state;
        open.stored();
    }
}
