package io.shardeddb.server.store.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.protocol.wire.TransactionRecord;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.transaction.LogPlace;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The transactions that are not over, in their table: one row for each that is prepared or decided. */
final class StoredTransactions {

    private static final int PAGE_ROWS = 64;

    private final SqlText sql;

    StoredTransactions(SqlText sql) {
        this.sql = sql;
    }

    /** All of them, as of the caller's transaction. */
    Map<LogPlace, TransactionRecord> all(Connection connection) throws SQLException {
        Map<LogPlace, TransactionRecord> all = new TreeMap<>();
        LogPlace after = new LogPlace(-1, 0);
        int found;
        do {
            found = 0;
            try (PreparedStatement statement = connection.prepareStatement(sql.readTransactionsAfter())) {
                statement.setLong(1, after.index());
                statement.setInt(2, after.place());
                statement.setInt(3, PAGE_ROWS);
                try (ResultSet results = statement.executeQuery()) {
                    while (results.next()) {
                        after = new LogPlace(results.getLong(1), results.getInt(2));
                        all.put(after, parse(results.getBytes(3)));
                        found++;
                    }
                }
            }
        } while (found == PAGE_ROWS);
        return all;
    }

    private static TransactionRecord parse(byte[] bytes) throws SQLException {
        try {
            TransactionRecord record = TransactionRecord.parseFrom(bytes);
            if (record.getKindCase() == TransactionRecord.KindCase.KIND_NOT_SET) {
                throw new SQLException("a newer version has stored a kind of transaction that is not known", "HY000");
            }
            return record;
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the record of a transaction is not readable", "HY000", e);
        }
    }

    /** Stores records at their places, and clears the places that have none. */
    void store(Connection connection, Map<LogPlace, @Nullable TransactionRecord> changes) throws SQLException {
        for (Map.Entry<LogPlace, @Nullable TransactionRecord> change : changes.entrySet()) {
            TransactionRecord record = change.getValue();
            try (PreparedStatement statement =
                    connection.prepareStatement(record == null ? sql.deleteTransaction() : sql.storeTransaction())) {
                statement.setLong(1, change.getKey().index());
                statement.setInt(2, change.getKey().place());
                if (record != null) {
                    statement.setBytes(3, record.toByteArray());
                }
                statement.executeUpdate();
            }
        }
    }
}
