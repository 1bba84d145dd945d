package io.shardeddb.server.store.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.protocol.wire.RequestRecord;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The exactly-once records in their table: one row for each log entry that has any. */
final class StoredRequests {

    private static final int PAGE_ROWS = 256;

    private final SqlText sql;

    StoredRequests(SqlText sql) {
        this.sql = sql;
    }

    /** The window as of an applied row, in whose transaction this runs. */
    RequestWindow window(Connection connection, AppliedRow row, RequestWindow.Limits limits) throws SQLException {
        RequestWindow window = new RequestWindow(limits, row.requestFloor());
        long after = 0;
        int found;
        do {
            found = 0;
            try (PreparedStatement statement = connection.prepareStatement(sql.readRequestsAfter())) {
                statement.setLong(1, after);
                statement.setInt(2, PAGE_ROWS);
                try (ResultSet results = statement.executeQuery()) {
                    while (results.next()) {
                        after = results.getLong(1);
                        for (RequestRecord record : parse(results.getBytes(3)).getRecordsList()) {
                            window.remember(after, record.getRequest(), results.getLong(2));
                        }
                        found++;
                    }
                }
            }
        } while (found == PAGE_ROWS);
        if (window.count() != row.requestCount()) {
            throw new SQLException(
                    "the applied row counts " + row.requestCount() + " exactly-once records, the table holds "
                            + window.count(),
                    "HY000");
        }
        return window;
    }

    /** The records of an entry; none when it has no row. */
    RequestRecords of(Connection connection, long index) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readRequest())) {
            statement.setLong(1, index);
            try (ResultSet results = statement.executeQuery()) {
                return results.next() ? parse(results.getBytes(1)) : RequestRecords.getDefaultInstance();
            }
        }
    }

    private static RequestRecords parse(byte[] bytes) throws SQLException {
        try {
            return RequestRecords.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("exactly-once records are not readable", "HY000", e);
        }
    }
}
