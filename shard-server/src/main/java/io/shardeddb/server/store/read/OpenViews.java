package io.shardeddb.server.store.read;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The long views that are open on a replica's tables. A change of the tables ends them all first: the databases would
 * make the change wait for them, and one of them shows a new column under an old view.
 */
public final class OpenViews {

    private static final Logger LOG = LoggerFactory.getLogger(OpenViews.class);

    private final Set<View> views = ConcurrentHashMap.newKeySet();

    /** Counts beginnings and ends of changes: odd while one is going on. */
    private final AtomicLong changes = new AtomicLong();

    /** Why a view was ended before its reader was done. */
    public enum Ending {
        /** The tables get another definition. */
        TABLES_CHANGE,
        /** The rows of this replica go away, or the store is closed: other replicas have them. */
        ROWS_GO
    }

    /** Makes a connection that holds a view. */
    public interface Opening {
        public Connection open() throws SQLException;
    }

    /** Changes tables. */
    public interface Change {
        void run() throws SQLException;
    }

    /** One view with its connection. Closing it ends the view. */
    public final class View implements AutoCloseable {

        private final Connection connection;
        private volatile @Nullable Ending ending;

        private View(Connection connection) {
            this.connection = connection;
        }

        public Connection connection() {
            return connection;
        }

        /** Why it was ended from outside; null when it was not. */
        public @Nullable Ending ending() {
            return ending;
        }

        @Override
        public void close() {
            views.remove(this);
            try {
                connection.close();
            } catch (SQLException e) {
                // The view is gone either way: the database ends it with its connection.
                LOG.debug("closing a view's connection", e);
            }
        }

        private void abort(Ending reason) {
            ending = reason;
            try {
                // Not close(): that would wait for the statement that another thread may be running.
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("aborting a view's connection", e);
            }
            views.remove(this);
        }
    }

    /**
     * Opens a view. Any thread, also while entries are being applied.
     *
     * @throws SQLException when the tables are changed meanwhile: the view might show some of the change
     */
    public View open(Opening opening) throws SQLException {
        long before = changes.get();
        View view = new View(opening.open());
        views.add(view);
        // Registered first, looked at after: a change either sees this view and ends it, or is seen here.
        if ((before & 1) != 0 || changes.get() != before) {
            view.close();
            throw new SQLException("the tables are being changed", "HY000");
        }
        return view;
    }

    /** Ends all views, lets none be opened until the change is done. By one thread at a time. */
    public void change(Ending reason, Change change) throws SQLException {
        changes.incrementAndGet();
        try {
            abortAll(reason);
            change.run();
        } finally {
            changes.incrementAndGet();
        }
    }

    public void abortAll(Ending reason) {
        views.forEach(view -> view.abort(reason));
    }
}
