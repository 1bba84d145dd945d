package io.shardeddb.server.store.copy;

import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.protocol.wire.TableChecksum;
import io.shardeddb.server.store.read.RowPages;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import io.shardeddb.server.store.state.StoredTable;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checksums of tables inside of an open view: the sum over all rows of a hash of the row's canonical bytes and its
 * timestamp. A sum does not depend on the order, and canonical bytes do not depend on the engine.
 */
public final class TableSums {

    /** Represents the exactly-once records in a copy's checksums. */
    static final String REQUESTS = "_shardeddb_requests";

    /** Represents the transactions that are not over. */
    static final String TRANSACTIONS = "_shardeddb_transactions";

    private static final int RECORD_PAGE = 512;

    private TableSums() {}

    public static List<TableChecksum> ofTables(Connection view, StoredSchema schema) throws SQLException {
        List<TableChecksum> sums = new ArrayList<>();
        for (StoredTable table : schema.tables()) {
            Sum sum = new Sum();
            RowPages pages = new RowPages(view, table, table.allColumns(), RowPages.Bounds.ALL);
            for (List<RowPages.Found> page = pages.next(); !page.isEmpty(); page = pages.next()) {
                for (RowPages.Found found : page) {
                    byte[] bytes = new byte[found.row().size() + Long.BYTES];
                    found.row().copyTo(bytes, 0);
                    ByteBuffer.wrap(bytes).putLong(found.row().size(), found.timestamp());
                    sum.add(bytes);
                }
            }
            sums.add(sum.of(table.name()));
        }
        return sums;
    }

    /**
     * Of everything that members compare.
     *
     * @param definition of the tables; absent before the first
     */
    public static List<TableChecksum> ofAll(Connection view, SqlText sql, @Nullable SchemaDefinition definition)
            throws SQLException {
        List<TableChecksum> sums = new ArrayList<>();
        if (definition != null) {
            sums.addAll(ofTables(view, StoredSchema.of(sql, definition)));
        }
        sums.addAll(ofTransactions(view, sql));
        return sums;
    }

    static TableChecksum ofRequests(Connection view, SqlText sql) throws SQLException {
        Sum sum = new Sum();
        long after = 0;
        int found;
        do {
            found = 0;
            try (PreparedStatement statement = view.prepareStatement(sql.readRequestsAfter())) {
                statement.setLong(1, after);
                statement.setInt(2, RECORD_PAGE);
                try (ResultSet results = statement.executeQuery()) {
                    while (results.next()) {
                        byte[] records = results.getBytes(3);
                        after = results.getLong(1);
                        sum.add(ByteBuffer.allocate(records.length + 2 * Long.BYTES)
                                .putLong(after)
                                .putLong(results.getLong(2))
                                .put(records)
                                .array());
                        found++;
                    }
                }
            }
        } while (found == RECORD_PAGE);
        return sum.of(REQUESTS);
    }

    /** The transactions that are not over; nothing when there are none, as in older versions. */
    public static List<TableChecksum> ofTransactions(Connection view, SqlText sql) throws SQLException {
        Sum sum = new Sum();
        long index = -1;
        int place = 0;
        int found;
        do {
            found = 0;
            try (PreparedStatement statement = view.prepareStatement(sql.readTransactionsAfter())) {
                statement.setLong(1, index);
                statement.setInt(2, place);
                statement.setInt(3, RECORD_PAGE);
                try (ResultSet results = statement.executeQuery()) {
                    while (results.next()) {
                        byte[] record = results.getBytes(3);
                        index = results.getLong(1);
                        place = results.getInt(2);
                        sum.add(ByteBuffer.allocate(record.length + Long.BYTES + Integer.BYTES)
                                .putLong(index)
                                .putInt(place)
                                .put(record)
                                .array());
                        found++;
                    }
                }
            }
        } while (found == RECORD_PAGE);
        return sum.rows == 0 ? List.of() : List.of(sum.of(TRANSACTIONS));
    }

    private static final class Sum {
        private long rows;
        private long high;
        private long low;

        void add(byte[] bytes) {
            long hash = Hash64.of(bytes);
            rows++;
            high += hash;
            // A second sum over another image of the hash, so that errors that cancel in one do not in both.
            long image = (hash ^ (hash >>> 31)) * 0x9FB21C651E98DF25L;
            low += image ^ (image >>> 28);
        }

        TableChecksum of(String table) {
            return TableChecksum.newBuilder()
                    .setTable(table)
                    .setRows(rows)
                    .setHigh(high)
                    .setLow(low)
                    .build();
        }
    }
}
