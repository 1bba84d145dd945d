package io.shardeddb.server.store.read;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What readers need of the applied row. It comes with every row that is read, so it is small.
 *
 * @param index last applied log index in the view
 * @param schemaVersion version of the tables; 0: none
 * @param interval positions owned; absent: none yet
 * @param epoch of the interval
 */
record ViewState(long index, long schemaVersion, @Nullable Interval interval, long epoch) {

    /** Stands where a result carries no state of its own. */
    static final ViewState NONE = new ViewState(0, 0, null, 0);

    /** Columns that {@link #read} takes. */
    static final int COLUMNS = 6;

    /**
     * Reads the state of a result set that is placed on a row.
     *
     * @param first place of its first column, from 1
     */
    static ViewState read(ResultSet results, int first) throws SQLException {
        long index = results.getLong(first);
        long schemaVersion = results.getLong(first + 1);
        boolean owns = results.getInt(first + 2) != 0;
        long from = results.getLong(first + 3);
        long to = results.getLong(first + 4);
        Interval interval = owns ? new Interval(from, results.wasNull() ? null : to) : null;
        return new ViewState(index, schemaVersion, interval, results.getLong(first + 5));
    }

    /** Reads it alone. @throws SQLException when the row is missing */
    static ViewState select(Connection connection, SqlText sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readViewState());
                ResultSet results = statement.executeQuery()) {
            return present(results.next() ? read(results, 1) : null);
        }
    }

    /** Refuses a state that was not there: each view has one. */
    static ViewState present(@Nullable ViewState state) throws SQLException {
        if (state == null) {
            throw new SQLException("the applied row is missing", "HY000");
        }
        return state;
    }

    /**
     * A database that was killed comes back without its last commits, and must not answer before they are applied
     * again.
     */
    void requireApplied(long floor) throws SQLException {
        if (index < floor) {
            throw new SQLException(
                    "the database has only index " + index + ", it had " + floor
                            + ": it was restarted and entries must be applied again",
                    "HY000");
        }
    }
}
