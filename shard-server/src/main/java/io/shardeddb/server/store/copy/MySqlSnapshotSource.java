package io.shardeddb.server.store.copy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.ChunkContents;
import io.shardeddb.protocol.wire.CopyPosition;
import io.shardeddb.protocol.wire.CopyPreface;
import io.shardeddb.protocol.wire.RecordRows;
import io.shardeddb.protocol.wire.StoredRecords;
import io.shardeddb.protocol.wire.StoredTransaction;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.protocol.wire.TableRows;
import io.shardeddb.protocol.wire.TransactionRows;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.ReplicaStore;
import io.shardeddb.server.store.SnapshotSource;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.read.OpenViews;
import io.shardeddb.server.store.read.RowPages;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredState;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replica in one consistent view, cut into chunks: first what must stand before rows, then each table by its primary
 * key, then the exactly-once records. A chunk depends on the position alone, so asking again gives the same.
 */
public final class MySqlSnapshotSource implements SnapshotSource {

    private static final int RECORD_ENTRIES = 256;

    private final OpenViews.View view;
    private final SqlText sql;
    private final String schemaName;
    private final StoredState state;
    private final @Nullable StoredSchema schema;
    private final String copyId = UUID.randomUUID().toString();

    public MySqlSnapshotSource(
            OpenViews.View view, SqlText sql, String schemaName, StoredState state, @Nullable StoredSchema schema) {
        this.view = view;
        this.sql = sql;
        this.schemaName = schemaName;
        this.state = state;
        this.schema = schema;
    }

    @Override
    public String copyId() {
        return copyId;
    }

    @Override
    public AppliedState at() {
        return state.toState();
    }

    @Override
    public synchronized long estimatedRows() {
        try (PreparedStatement statement = view.connection().prepareStatement(SqlText.TABLE_ROWS)) {
            statement.setString(1, schemaName);
            try (ResultSet results = statement.executeQuery()) {
                return results.next() ? results.getLong(1) : 0;
            }
        } catch (SQLException e) {
            // Only for a progress display: a lost view shows itself with the next chunk.
            return 0;
        }
    }

    @Override
    public synchronized @Nullable Chunk next(@Nullable ByteString after, int maxBytes)
            throws StoreUnavailableException {
        try {
            CopyPosition position = after == null ? null : CopyPosition.parseFrom(after);
            return position == null ? preface() : after(position, maxBytes);
        } catch (SQLException e) {
            if (view.ending() != null) {
                throw new StoreUnavailableException(
                        view.ending() == OpenViews.Ending.TABLES_CHANGE
                                ? "the copy was ended by a change of the tables"
                                : "the copy was ended: its source gave its rows up",
                        e);
            }
            throw SqlErrors.unavailable("read a chunk of a copy", e);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a position of a copy", e);
        }
    }

    private Chunk preface() {
        CopyPreface.Builder preface = CopyPreface.newBuilder()
                .setRequestFloorMillis(state.row().requestFloor())
                .setRequestCount(state.row().requestCount());
        if (state.schema() != null) {
            preface.setSchema(state.schema());
        }
        return chunk(
                ChunkContents.newBuilder().setPreface(preface).build(),
                CopyPosition.newBuilder().setPreface(true).build(),
                0);
    }

    private @Nullable Chunk after(CopyPosition position, int maxBytes) throws SQLException {
        List<StoredTable> tables = schema == null ? List.of() : schema.tables();
        if (!position.getTablesDone()) {
            Row key = position.hasKey() ? RowCodec.decode(position.getKey()) : null;
            for (int i = position.getTable(); i < tables.size(); i++) {
                Chunk chunk = rows(tables.get(i), i, key, maxBytes);
                if (chunk != null) {
                    return chunk;
                }
                key = null;
            }
        }
        Chunk records = position.getRecordsDone() ? null : records(position.getRecordsThrough(), maxBytes);
        return records == null
                ? transactions(position.getTransactionsThrough(), position.getTransactionsPlace(), maxBytes)
                : records;
    }

    private @Nullable Chunk rows(StoredTable table, int place, @Nullable Row after, int maxBytes) throws SQLException {
        RowPages.Bounds bounds = after == null ? RowPages.Bounds.ALL : RowPages.Bounds.ALL.behind(after);
        RowPages pages = new RowPages(view.connection(), table, table.allColumns(), bounds);
        TableRows.Builder rows = TableRows.newBuilder().setTable(table.name());
        Row last = null;
        long bytes = 0;
        while (bytes < maxBytes) {
            List<RowPages.Found> page = pages.next();
            if (page.isEmpty()) {
                break;
            }
            for (RowPages.Found found : page) {
                if (bytes >= maxBytes) {
                    break;
                }
                rows.addRows(found.row());
                rows.addTimestamps(found.timestamp());
                bytes += found.row().size() + Long.BYTES;
                last = found.key();
            }
        }
        if (last == null) {
            return null;
        }
        CopyPosition end = CopyPosition.newBuilder()
                .setPreface(true)
                .setTable(place)
                .setKey(RowCodec.encode(last))
                .build();
        return chunk(ChunkContents.newBuilder().setRows(rows).build(), end, rows.getRowsCount());
    }

    private @Nullable Chunk records(long through, int maxBytes) throws SQLException {
        RecordRows.Builder rows = RecordRows.newBuilder();
        long last = through;
        long bytes = 0;
        try (PreparedStatement statement = view.connection().prepareStatement(sql.readRequestsAfter())) {
            statement.setLong(1, through);
            statement.setInt(2, RECORD_ENTRIES);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    if (bytes < maxBytes) {
                        byte[] records = results.getBytes(3);
                        last = results.getLong(1);
                        bytes += records.length;
                        rows.addEntries(StoredRecords.newBuilder()
                                .setLogIndex(last)
                                .setLoggedAtMillis(results.getLong(2))
                                .setRecords(ByteString.copyFrom(records)));
                    }
                }
            }
        }
        if (rows.getEntriesCount() == 0) {
            return null;
        }
        CopyPosition end = CopyPosition.newBuilder()
                .setPreface(true)
                .setTablesDone(true)
                .setRecordsThrough(last)
                .build();
        return chunk(ChunkContents.newBuilder().setRecords(rows).build(), end, 0);
    }

    private @Nullable Chunk transactions(long through, int place, int maxBytes) throws SQLException {
        TransactionRows.Builder rows = TransactionRows.newBuilder();
        CopyPosition.Builder end =
                CopyPosition.newBuilder().setPreface(true).setTablesDone(true).setRecordsDone(true);
        long bytes = 0;
        try (PreparedStatement statement = view.connection().prepareStatement(sql.readTransactionsAfter())) {
            statement.setLong(1, through);
            statement.setInt(2, place);
            statement.setInt(3, RECORD_ENTRIES);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next() && bytes < maxBytes) {
                    byte[] record = results.getBytes(3);
                    bytes += record.length;
                    end.setTransactionsThrough(results.getLong(1)).setTransactionsPlace(results.getInt(2));
                    rows.addTransactions(StoredTransaction.newBuilder()
                            .setLogIndex(results.getLong(1))
                            .setPlace(results.getInt(2))
                            .setRecord(ByteString.copyFrom(record)));
                }
            }
        }
        return rows.getTransactionsCount() == 0
                ? null
                : chunk(ChunkContents.newBuilder().setTransactions(rows).build(), end.build(), 0);
    }

    private static Chunk chunk(ChunkContents contents, CopyPosition end, long rows) {
        byte[] data = contents.toByteArray();
        return new Chunk(ByteString.copyFrom(data), end.toByteString(), rows, Hash64.of(data));
    }

    @Override
    public synchronized ReplicaStore.Checksums checksums() throws StoreUnavailableException {
        try {
            List<TableChecksum> sums = new ArrayList<>();
            if (schema != null) {
                sums.addAll(TableSums.ofTables(view.connection(), schema));
            }
            sums.add(TableSums.ofRequests(view.connection(), sql));
            sums.addAll(TableSums.ofTransactions(view.connection(), sql));
            return new ReplicaStore.Checksums(at(), sums);
        } catch (SQLException e) {
            throw SqlErrors.unavailable("checksums of a copy", e);
        }
    }

    @Override
    public void close() {
        view.close();
    }
}
