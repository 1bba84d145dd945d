package io.shardeddb.server.store.apply;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.wire.RequestRecords;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.UnresolvedRequestException;
import io.shardeddb.server.store.request.BatchPreparation;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.request.LoggedTime;
import io.shardeddb.server.store.request.RequestPlan;
import io.shardeddb.server.store.request.RequestWindow;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.CopyMark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements of one transaction that moves the applied state on. The caller commits or rolls back. */
public final class ApplyTransaction {

    private final Connection connection;
    private final SqlText sql;

    public ApplyTransaction(Connection connection, SqlText sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /**
     * Locks the applied row and reads it. While another transaction that moves it is under way (an old connection's,
     * whose COMMIT may still arrive) this waits, so nothing is applied twice.
     */
    public AppliedRow lock() throws SQLException {
        AppliedRow row = AppliedRow.select(connection, sql.lockApplied());
        if (row == null) {
            throw new SQLException("the applied row is missing", "HY000");
        }
        return row;
    }

    /**
     * Locks the applied row and checks under the lock that an entry is what comes next, and that the tables are still
     * this process's.
     *
     * @param memberId whose tables they must be
     * @param bootCounter of the process whose they must be
     */
    public AppliedRow lockFor(CommittedEntry next, String memberId, long bootCounter) throws SQLException {
        AppliedRow row = lock();
        if (!row.memberId().equals(memberId) || row.bootCounter() != bootCounter) {
            throw new SQLException(
                    "the tables belong to member " + row.memberId() + ", boot " + row.bootCounter()
                            + ", and not to member " + memberId + ", boot " + bootCounter,
                    "HY000");
        }
        if (next.index() != row.index() + 1) {
            throw new SQLException(
                    "entry " + next.index() + " does not follow " + row.index() + ", the last applied", "HY000");
        }
        if (next.term() < row.term()) {
            throw new SQLException(
                    "entry " + next.index() + " has term " + next.term() + ", applied is term " + row.term()
                            + " already",
                    "HY000");
        }
        if (row.index() == 0 && installing()) {
            throw new SQLException("the installation of a copy is not complete", "HY000");
        }
        return row;
    }

    /** Whether an installation is under way: then nothing may be applied. */
    private boolean installing() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readCopy());
                ResultSet results = statement.executeQuery()) {
            return results.next() && !CopyMark.isComplete(results.getString(1));
        }
    }

    /**
     * Prepares entries, runs their requests, and stores everything that follows from them.
     *
     * @param batch nothing prepared yet
     */
    void run(AppliedRow row, BatchPreparation batch, RequestWindow window, List<CommittedEntry> entries)
            throws SQLException, UnresolvedRequestException {
        try (Statement control = connection.createStatement()) {
            ChangeRunner runner = new ChangeRunner(connection, control);
            EntryGroups.run(batch, entries, requests -> {
                runner.run(requests);
                return true;
            });
        }
        store(row, batch, window);
    }

    /** Stores everything that follows from the entries, whose requests have run. */
    void store(AppliedRow row, BatchPreparation batch, RequestWindow window) throws SQLException {
        insertRecords(batch);
        new StoredTransactions(sql).store(connection, batch.transactions().changes());
        if (batch.expiredThrough() > 0) {
            try (PreparedStatement statement = connection.prepareStatement(sql.deleteRequestsThrough())) {
                statement.setLong(1, batch.expiredThrough());
                statement.executeUpdate();
            }
        }
        if (batch.ownershipChanged()) {
            RequestPlan.Ownership ownership = batch.ownership();
            AppliedRow.setOwnership(connection, sql, ownership.interval(), ownership.epoch(), ownership.open());
        }
        ByteString configuration = batch.configuration();
        if (configuration != null) {
            setConfiguration(configuration, batch.configurationIndex());
        }
        CommittedEntry last = batch.entries().getLast().entry();
        advance(last, batch.timestamp(), batch.stateHash(row), window.floor(), window.count());
    }

    /** Moves the applied row to an entry. */
    public void advance(CommittedEntry last, long timestamp, long stateHash, long requestFloor, long requestCount)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.advanceApplied())) {
            statement.setLong(1, last.index());
            statement.setLong(2, last.term());
            statement.setLong(3, timestamp);
            statement.setLong(4, stateHash);
            statement.setLong(5, requestFloor);
            statement.setLong(6, requestCount);
            if (statement.executeUpdate() != 1) {
                throw new SQLException("the applied row is missing", "HY000");
            }
        }
    }

    public void setConfiguration(@Nullable ByteString configuration, long index) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.setConfiguration())) {
            statement.setBytes(1, configuration == null ? null : configuration.toByteArray());
            statement.setLong(2, index);
            statement.executeUpdate();
        }
    }

    public void setSchema(long version, byte @Nullable [] definition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.setSchema())) {
            statement.setLong(1, version);
            statement.setBytes(2, definition);
            statement.executeUpdate();
        }
    }

    private void insertRecords(BatchPreparation batch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.insertRequests())) {
            boolean any = false;
            for (EntryWork entry : batch.entries()) {
                RequestRecords records = entry.records();
                if (records.getRecordsCount() > 0 && entry.entry().index() > batch.expiredThrough()) {
                    statement.setLong(1, entry.entry().index());
                    statement.setLong(
                            2, LoggedTime.millis(entry.requests().getFirst().logged()));
                    statement.setBytes(3, records.toByteArray());
                    statement.addBatch();
                    any = true;
                }
            }
            if (any) {
                statement.executeBatch();
            }
        }
    }
}
