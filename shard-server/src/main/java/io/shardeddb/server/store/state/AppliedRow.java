package io.shardeddb.server.store.state;

import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/**
 * The applied row without its large parts: what each transaction locks, checks and moves on.
 *
 * @param index last applied log index
 * @param term its term
 * @param memberId the replica that these tables belong to
 * @param bootCounter the process that may write them
 * @param timestamp greatest timestamp applied
 * @param schemaVersion version of the tables; 0: none
 * @param interval positions owned; absent: none yet
 * @param epoch of the interval
 * @param open whether clients may write
 * @param stateHash running hash of results
 * @param configurationIndex index of the last configuration applied
 * @param requestFloor greatest issue time of a forgotten request, in milliseconds since the epoch
 * @param requestCount exactly-once records held
 */
public record AppliedRow(
        long index,
        long term,
        String memberId,
        long bootCounter,
        long timestamp,
        long schemaVersion,
        @Nullable Interval interval,
        long epoch,
        boolean open,
        long stateHash,
        long configurationIndex,
        long requestFloor,
        long requestCount) {

    /**
     * Reads the row of a result set that is placed on it.
     *
     * @param first place of its first column, from 1
     */
    public static AppliedRow read(ResultSet results, int first) throws SQLException {
        int at = first;
        long index = results.getLong(at++);
        long term = results.getLong(at++);
        String memberId = results.getString(at++);
        long bootCounter = results.getLong(at++);
        long timestamp = results.getLong(at++);
        long schemaVersion = results.getLong(at++);
        boolean owns = results.getInt(at++) != 0;
        long from = results.getLong(at++);
        long to = results.getLong(at++);
        Interval interval = owns ? new Interval(from, results.wasNull() ? null : to) : null;
        long epoch = results.getLong(at++);
        boolean open = results.getInt(at++) != 0;
        long stateHash = results.getLong(at++);
        long configurationIndex = results.getLong(at++);
        long requestFloor = results.getLong(at++);
        long requestCount = results.getLong(at);
        return new AppliedRow(
                index,
                term,
                memberId,
                bootCounter,
                timestamp,
                schemaVersion,
                interval,
                epoch,
                open,
                stateHash,
                configurationIndex,
                requestFloor,
                requestCount);
    }

    /** Runs a statement that selects the row; null when there is none. */
    public static @Nullable AppliedRow select(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet results = statement.executeQuery()) {
            return results.next() ? read(results, 1) : null;
        }
    }

    public static void setOwnership(
            Connection connection, SqlText sql, @Nullable Interval interval, long epoch, boolean open)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.setOwnership())) {
            statement.setInt(1, interval == null ? 0 : 1);
            setLong(statement, 2, interval == null ? null : Long.valueOf(interval.from()));
            setLong(statement, 3, interval == null ? null : interval.to());
            statement.setLong(4, epoch);
            statement.setInt(5, open ? 1 : 0);
            statement.executeUpdate();
        }
    }

    private static void setLong(PreparedStatement statement, int at, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(at, Types.BIGINT);
        } else {
            statement.setLong(at, value);
        }
    }
}
