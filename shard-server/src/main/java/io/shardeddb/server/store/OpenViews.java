package io.shardeddb.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The long views that are open on a replica's tables. A change of the tables ends them all first: the databases would make the change
 * wait for them, and one of them shows a new column under an old view.
 */
final class OpenViews {

    private static final Logger LOG = LoggerFactory.getLogger(OpenViews.class);

    private final Set<View> views = ConcurrentHashMap.newKeySet();

    /** One view with its connection. Closing it ends the view. */
    final class View implements AutoCloseable {

        private final Connection connection;
        private volatile boolean aborted;

        private View(Connection connection) {
            this.connection = connection;
        }

        Connection connection() {
            return connection;
        }

        /** Whether a change of the tables ended it. */
        boolean aborted() {
            return aborted;
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

        private void abort() {
            aborted = true;
            try {
                // Not close(): that would wait for the statement that another thread may be running.
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("aborting a view's connection", e);
            }
            views.remove(this);
        }
    }

    View open(Connection connection) {
        View view = new View(connection);
        views.add(view);
        return view;
    }

    void abortAll() {
        views.forEach(View::abort);
    }
}
