package io.shardeddb.server.store.copy;

import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The store that a copy is installed in, as far as the installation needs it. */
public interface CopyTarget {

    /** Work on a connection that does not commit by itself. */
    interface Work<T extends @Nullable Object> {
        /** Does it, and commits or rolls back. */
        T run(Connection connection) throws SQLException;
    }

    /**
     * Runs work that commits or rolls back itself; whatever is left open is rolled back.
     *
     * @param doing what is being done, for messages
     */
    <T extends @Nullable Object> T inTransaction(String doing, Work<T> work) throws StoreUnavailableException;

    /** Makes the tables of a copied schema, before its rows come. */
    void installTables(StoredSchema copied) throws StoreUnavailableException;

    /** Fails unless the tables are still this process's. */
    void checkOwner(AppliedRow row) throws SQLException;

    /** Makes everything stored so far durable and returns what is applied. */
    AppliedState flush() throws StoreUnavailableException;
}
