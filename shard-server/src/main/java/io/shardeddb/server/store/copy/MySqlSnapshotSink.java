package io.shardeddb.server.store.copy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.ChunkContents;
import io.shardeddb.protocol.wire.CopyPosition;
import io.shardeddb.protocol.wire.CopyPreface;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.RecordRows;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.StoredRecords;
import io.shardeddb.protocol.wire.StoredTransaction;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TableRows;
import io.shardeddb.protocol.wire.TransactionRows;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSink;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.apply.ApplyTransaction;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.sql.ValueBinding;
import io.shardeddb.server.store.state.AppliedRow;
import io.shardeddb.server.store.state.CopyMark;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredState;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores a copy's chunks, each with its end position in one transaction. */
public final class MySqlSnapshotSink implements SnapshotSink {

    private final CopyTarget store;
    private final SqlText sql;
    private final String copyId;
    private @Nullable ByteString position;
    private @Nullable StoredSchema schema;

    public MySqlSnapshotSink(CopyTarget store, SqlText sql, String copyId) {
        this.store = store;
        this.sql = sql;
        this.copyId = copyId;
    }

    /** Reads how far this copy has come; false when another one or none was begun. */
    public boolean read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readCopy());
                ResultSet results = statement.executeQuery()) {
            if (!results.next() || !copyId.equals(results.getString(1))) {
                return false;
            }
            byte[] stored = results.getBytes(2);
            position = stored == null ? null : ByteString.copyFrom(stored);
        }
        AppliedRow row = AppliedRow.select(connection, sql.readApplied());
        if (row != null && position != null) {
            SchemaDefinition definition = StoredState.read(connection, sql, row).schema();
            schema = definition == null ? null : StoredSchema.of(sql, definition);
        }
        return true;
    }

    /** Records that this copy begins, in the caller's transaction. */
    public void begin(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.beginCopy())) {
            statement.setString(1, copyId);
            statement.executeUpdate();
        }
    }

    @Override
    public @Nullable ByteString resumeAfter() {
        return position;
    }

    @Override
    public void accept(SnapshotSource.Chunk chunk) throws StoreUnavailableException {
        if (Hash64.of(chunk.data().toByteArray()) != chunk.checksum()) {
            throw new IllegalArgumentException("a chunk of copy " + copyId + " does not match its checksum");
        }
        try {
            ChunkContents contents = ChunkContents.parseFrom(chunk.data());
            CopyPosition end = CopyPosition.parseFrom(chunk.end());
            if (!end.getPreface()) {
                throw new IllegalArgumentException("a chunk of copy " + copyId + " has no end");
            }
            switch (contents.getBodyCase()) {
                case PREFACE -> takePreface(contents.getPreface(), chunk.end());
                case ROWS -> store(chunk.end(), connection -> insertRows(connection, contents.getRows()));
                case RECORDS -> store(chunk.end(), connection -> insertRecords(connection, contents.getRecords()));
                case TRANSACTIONS ->
                    store(chunk.end(), connection -> insertTransactions(connection, contents.getTransactions()));
                case BODY_NOT_SET -> throw new IllegalArgumentException("a chunk of copy " + copyId + " is empty");
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a chunk of copy " + copyId + " is not readable", e);
        }
    }

    /** Statements of a chunk. */
    private interface Insertion {
        void run(Connection connection) throws SQLException;
    }

    private void store(ByteString end, Insertion insertion) throws StoreUnavailableException {
        store.inTransaction("store a chunk of copy " + copyId, connection -> {
            lock(connection);
            insertion.run(connection);
            try (PreparedStatement statement = connection.prepareStatement(sql.advanceCopy())) {
                statement.setBytes(1, end.toByteArray());
                statement.executeUpdate();
            }
            connection.commit();
            return null;
        });
        position = end;
    }

    /** Locks the applied row and checks that this copy, with its present position, is the one under way. */
    private void lock(Connection connection) throws SQLException {
        store.checkOwner(new ApplyTransaction(connection, sql).lock());
        try (PreparedStatement statement = connection.prepareStatement(sql.readCopy());
                ResultSet results = statement.executeQuery()) {
            boolean same = results.next() && copyId.equals(results.getString(1));
            byte[] stored = same ? results.getBytes(2) : null;
            ByteString storedPosition = stored == null ? null : ByteString.copyFrom(stored);
            if (!same || !java.util.Objects.equals(storedPosition, position)) {
                throw new SQLException("copy " + copyId + " is no longer the one under way, or has moved on", "HY000");
            }
        }
    }

    private void takePreface(CopyPreface preface, ByteString end) throws StoreUnavailableException {
        StoredSchema copied = preface.hasSchema() ? StoredSchema.of(sql, preface.getSchema()) : null;
        if (copied != null) {
            store.installTables(copied);
        }
        store(end, connection -> {
            ApplyTransaction transaction = new ApplyTransaction(connection, sql);
            if (copied != null) {
                transaction.setSchema(copied.version(), preface.getSchema().toByteArray());
            }
            setWindow(connection, preface.getRequestFloorMillis(), preface.getRequestCount());
        });
        schema = copied;
    }

    private void setWindow(Connection connection, long floor, long count) throws SQLException {
        CommittedEntry none = new CommittedEntry(0, 0, null, null);
        new ApplyTransaction(connection, sql).advance(none, 0, 0, floor, count);
    }

    private void insertRows(Connection connection, TableRows rows) throws SQLException {
        StoredSchema tables = schema;
        StoredTable table = tables == null ? null : tables.find(rows.getTable());
        if (table == null) {
            throw new IllegalArgumentException(
                    "a chunk has rows of table '" + rows.getTable() + "', which is not copied");
        }
        try (PreparedStatement statement = connection.prepareStatement(table.insert())) {
            int columns = table.definition().columns().size();
            for (int i = 0; i < rows.getRowsCount(); i++) {
                Row row = RowCodec.decode(rows.getRows(i), columns);
                for (int column = 0; column < columns; column++) {
                    ValueBinding.set(
                            statement,
                            column + 1,
                            table.definition().column(column).type(),
                            row.get(column));
                }
                statement.setLong(columns + 1, rows.getTimestamps(i));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void insertRecords(Connection connection, RecordRows records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.insertRequests())) {
            for (StoredRecords entry : records.getEntriesList()) {
                statement.setLong(1, entry.getLogIndex());
                statement.setLong(2, entry.getLoggedAtMillis());
                statement.setBytes(3, entry.getRecords().toByteArray());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void insertTransactions(Connection connection, TransactionRows rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.storeTransaction())) {
            for (StoredTransaction transaction : rows.getTransactionsList()) {
                statement.setLong(1, transaction.getLogIndex());
                statement.setInt(2, transaction.getPlace());
                statement.setBytes(3, transaction.getRecord().toByteArray());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public void complete(AppliedState state, ReplicaStore.Checksums expected) throws StoreUnavailableException {
        store.inTransaction("complete copy " + copyId, connection -> {
            lock(connection);
            verify(connection, expected);
            storeState(connection, state);
            try (PreparedStatement statement = connection.prepareStatement(sql.beginCopy())) {
                statement.setString(1, CopyMark.of(state.index()));
                statement.executeUpdate();
            }
            connection.commit();
            return null;
        });
        // Also forces what was stored: only then the copy may be counted. A database restarted in between has lost it.
        long durable = store.flush().index();
        if (durable < state.index()) {
            throw new StoreUnavailableException("the database was restarted before copy " + copyId + " was durable");
        }
    }

    private void verify(Connection connection, ReplicaStore.Checksums expected) throws SQLException {
        List<TableChecksum> sums = new ArrayList<>();
        StoredSchema tables = schema;
        if (tables != null) {
            sums.addAll(TableSums.ofTables(connection, tables));
        }
        sums.add(TableSums.ofRequests(connection, sql));
        sums.addAll(TableSums.ofTransactions(connection, sql));
        if (!sums.equals(expected.tables())) {
            throw new IllegalStateException(
                    "copy " + copyId + " differs from its source: copied " + sums + ", expected " + expected.tables());
        }
    }

    private void storeState(Connection connection, AppliedState state) throws SQLException {
        ApplyTransaction transaction = new ApplyTransaction(connection, sql);
        AppliedRow row = transaction.lock();
        PositionInterval interval = state.interval();
        AppliedRow.setOwnership(
                connection, sql, interval == null ? null : Interval.ofWire(interval), state.epoch(), state.open());
        transaction.setConfiguration(state.configuration(), state.configurationIndex());
        transaction.advance(
                new CommittedEntry(state.index(), state.term(), null, null),
                state.timestamp(),
                state.stateHash(),
                row.requestFloor(),
                row.requestCount());
    }

    @Override
    public void close() {
        // Nothing is held between chunks.
    }
}
