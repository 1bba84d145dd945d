package io.shardeddb.server.store;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows together with the applied state of the very view that shows them. For a few keys or a page that is one statement: the
 * applied row joined with the rows.
 */
final class RowReads {

    /** Rows of a page when the request does not say, and at most. */
    static final int PAGE_ROWS = 1_000;

    /** A page ends after so many bytes of rows: an answer must fit a message. */
    static final int PAGE_BYTES = 2 << 20;

    /** Rough size of a scan's chunk, in bytes. */
    private static final int CHUNK_BYTES = 256 << 10;

    /** Keys of one statement; more are read in an explicit view. */
    private static final int KEYS_AT_ONCE = 256;

    private final DatabaseConnections connections;
    private final SqlText sql;
    private final OpenViews views;

    RowReads(DatabaseConnections connections, SqlText sql, OpenViews views) {
        this.connections = connections;
        this.sql = sql;
        this.views = views;
    }

    /**
     * One page or keys; a refusal is an answer with an error.
     *
     * @param floor index that this process has seen applied: a view that shows less is of a database that lost entries
     */
    ReadReply read(ReadRequest request, @Nullable StoredSchema schema, long floor) throws SQLException {
        Wanted wanted;
        try {
            wanted = wanted(request, schema);
        } catch (DatabaseException e) {
            return ReadReply.newBuilder().setError(e.toWire()).build();
        }
        Page page = switch (request.getSelectionCase()) {
            case KEYS -> keys(wanted);
            default -> range(wanted);
        };
        requireApplied(page.state(), floor);
        DatabaseException refusal = refusal(wanted, page.state());
        if (refusal != null) {
            return withState(ReadReply.newBuilder(), page.state())
                    .setError(refusal.toWire())
                    .build();
        }
        ReadReply.Builder reply =
                withState(ReadReply.newBuilder(), page.state()).setMore(page.more());
        for (RowPages.Found found : page.rows()) {
            reply.addRows(found.row());
            if (request.getWithTimestamps()) {
                reply.addTimestamps(found.timestamp());
            }
        }
        return reply.build();
    }

    /** Streams a range; see {@link ReplicaStore#scan}. */
    ScanEnd scan(ReadRequest request, @Nullable StoredSchema schema, long floor, Predicate<ScanChunk> chunks)
            throws SQLException {
        Wanted wanted;
        try {
            wanted = wanted(request, schema);
            if (request.hasKeys()) {
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a scan takes a range, not keys");
            }
        } catch (DatabaseException e) {
            return ScanEnd.newBuilder().setError(e.toWire()).build();
        }
        try (OpenViews.View view = views.open(connections::view)) {
            AppliedRow state = AppliedRow.select(view.connection(), sql.readApplied());
            if (state == null) {
                throw new SQLException("the applied row is missing", "HY000");
            }
            requireApplied(state, floor);
            ScanEnd.Builder end = ScanEnd.newBuilder().setIndex(state.index()).setEpoch(state.epoch());
            Interval interval = state.interval();
            if (interval != null) {
                end.setInterval(interval.toWire());
            }
            DatabaseException refusal = refusal(wanted, state);
            if (refusal != null) {
                return end.setError(refusal.toWire()).build();
            }
            try {
                return end.setRows(stream(view.connection(), wanted, chunks)).build();
            } catch (SQLException e) {
                if (view.aborted()) {
                    return end.setError(new DatabaseException(
                                            ErrorCode.SCHEMA_CHANGED, "the tables changed during the scan")
                                    .toWire())
                            .build();
                }
                throw e;
            }
        }
    }

    /** A database that was killed comes back without its last commits, and must not answer before they are applied again. */
    private static void requireApplied(AppliedRow state, long floor) throws SQLException {
        if (state.index() < floor) {
            throw new SQLException(
                    "the database has only index " + state.index() + ", it had " + floor
                            + ": it was restarted and entries must be applied again",
                    "HY000");
        }
    }

    /** A request, resolved against the schema. */
    private record Wanted(
            ReadRequest request,
            long schemaVersion,
            StoredTable table,
            List<Integer> columns,
            List<Row> keys,
            List<Long> positions,
            RowPages.Bounds bounds) {}

    /** Rows with the state of their view. */
    private record Page(AppliedRow state, List<RowPages.Found> rows, boolean more) {}

    private static Wanted wanted(ReadRequest request, @Nullable StoredSchema schema) {
        if (schema == null) {
            throw new DatabaseException(ErrorCode.NOT_INITIALISED, "the shard has no tables yet");
        }
        if (request.getSchemaVersion() != 0 && request.getSchemaVersion() != schema.version()) {
            throw schemaChanged(request.getSchemaVersion(), schema.version());
        }
        StoredTable table = schema.find(request.getTable());
        if (table == null) {
            throw new DatabaseException(
                    ErrorCode.UNKNOWN_TABLE,
                    "there is no table '" + request.getTable() + "'",
                    Map.of("table", request.getTable()));
        }
        TableDefinition definition = table.definition();
        List<Integer> columns = request.getColumnsCount() == 0 ? TableSums.allColumns(table) : request.getColumnsList();
        for (int column : columns) {
            if (column < 0 || column >= definition.columns().size()) {
                throw new DatabaseException(
                        ErrorCode.UNKNOWN_COLUMN,
                        "column " + column + " of " + definition.columns().size() + " in table " + definition.name());
            }
        }
        try {
            List<Row> keys = new ArrayList<>();
            List<Long> positions = new ArrayList<>();
            for (ByteString bytes : request.getKeys().getKeysList()) {
                Row key = RowCodec.decode(bytes, definition.keySize());
                keys.add(key);
                positions.add(schema.definition().positionOfKey(definition, key));
            }
            return new Wanted(
                    request,
                    schema.version(),
                    table,
                    List.copyOf(columns),
                    keys,
                    positions,
                    bounds(request.getRange(), definition));
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a key does not fit the table: " + e.getMessage());
        }
    }

    private static RowPages.Bounds bounds(RangeSelection range, TableDefinition table) {
        return new RowPages.Bounds(
                range.hasFrom() ? bound(range.getFrom(), table) : null,
                range.getFromExclusive(),
                range.hasTo() ? bound(range.getTo(), table) : null,
                range.getToExclusive(),
                range.getDescending());
    }

    private static @Nullable Row bound(ByteString bytes, TableDefinition table) {
        Row bound = RowCodec.decode(bytes);
        if (bound.size() > table.keySize()) {
            throw new IllegalArgumentException("a bound has " + bound.size() + " values, the key " + table.keySize());
        }
        return bound.size() == 0 ? null : bound;
    }

    private static @Nullable DatabaseException refusal(Wanted wanted, AppliedRow state) {
        if (state.schemaVersion() != wanted.schemaVersion()) {
            return schemaChanged(wanted.schemaVersion(), state.schemaVersion());
        }
        RequestPlan.Ownership ownership = new RequestPlan.Ownership(state.interval(), state.epoch(), state.open());
        Interval interval = state.interval();
        if (interval == null) {
            return RequestPlan.moved(ownership, Map.of());
        }
        for (long position : wanted.positions()) {
            if (!interval.contains(position)) {
                return RequestPlan.moved(ownership, Map.of());
            }
        }
        boolean otherEpoch =
                wanted.request().getEpoch() != 0 && wanted.request().getEpoch() != state.epoch();
        return wanted.request().hasKeys() || !otherEpoch ? null : RequestPlan.moved(ownership, Map.of());
    }

    private static DatabaseException schemaChanged(long wanted, long present) {
        return new DatabaseException(
                ErrorCode.SCHEMA_CHANGED,
                "the request was made for schema version " + wanted + ", the shard has " + present,
                Map.of("schemaVersion", Long.toString(present)));
    }

    private static ReadReply.Builder withState(ReadReply.Builder reply, AppliedRow state) {
        reply.setIndex(state.index()).setEpoch(state.epoch());
        Interval interval = state.interval();
        return interval == null ? reply : reply.setInterval(interval.toWire());
    }

    private Page keys(Wanted wanted) throws SQLException {
        Map<ByteString, RowPages.Found> found = new HashMap<>();
        AppliedRow state;
        try (Connection connection = connections.read()) {
            if (wanted.keys().size() <= KEYS_AT_ONCE) {
                state = keysWithState(connection, wanted, wanted.keys(), found);
            } else {
                state = manyKeys(connection, wanted, found);
            }
        }
        List<RowPages.Found> rows = new ArrayList<>();
        for (Row key : wanted.keys()) {
            RowPages.Found row = found.get(RowCodec.encode(key));
            if (row != null) {
                rows.add(row);
            }
        }
        return new Page(state, rows, false);
    }

    private AppliedRow manyKeys(Connection connection, Wanted wanted, Map<ByteString, RowPages.Found> found)
            throws SQLException {
        connection.setAutoCommit(false);
        try {
            // The first statement makes the view of the transaction, which is repeatable.
            AppliedRow state = keysWithState(connection, wanted, wanted.keys().subList(0, KEYS_AT_ONCE), found);
            for (int from = KEYS_AT_ONCE; from < wanted.keys().size(); from += KEYS_AT_ONCE) {
                keysWithState(
                        connection,
                        wanted,
                        wanted.keys().subList(from, Math.min(wanted.keys().size(), from + KEYS_AT_ONCE)),
                        found);
            }
            return state;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private AppliedRow keysWithState(
            Connection connection, Wanted wanted, List<Row> keys, Map<ByteString, RowPages.Found> found)
            throws SQLException {
        TableDefinition table = wanted.table().definition();
        // Few different statements: the number of keys is rounded up, the last key stands for the rest.
        int places = keys.isEmpty() ? 1 : Integer.highestOneBit(2 * keys.size() - 1);
        if (keys.isEmpty()) {
            AppliedRow state = AppliedRow.select(connection, sql.readApplied());
            if (state == null) {
                throw new SQLException("the applied row is missing", "HY000");
            }
            return state;
        }
        try (PreparedStatement statement =
                connection.prepareStatement(wanted.table().sql().selectByKeys(wanted.columns(), places))) {
            int at = 1;
            for (int i = 0; i < places; i++) {
                at = ChangeRunner.bindKey(statement, at, table, keys.get(Math.min(i, keys.size() - 1)));
            }
            try (ResultSet results = statement.executeQuery()) {
                AppliedRow state = null;
                while (results.next()) {
                    state = state == null ? AppliedRow.read(results, 1) : state;
                    if (isRow(results, wanted)) {
                        RowPages.Found row = RowPages.read(results, AppliedRow.COLUMNS + 1, table, wanted.columns());
                        found.put(RowCodec.encode(row.key()), row);
                    }
                }
                return present(state);
            }
        }
    }

    private Page range(Wanted wanted) throws SQLException {
        String sql = wanted.table()
                .sql()
                .selectPage(wanted.columns(), wanted.bounds().shape());
        try (Connection connection = connections.read()) {
            Page page = page(connection, sql, AppliedRow.COLUMNS, wanted);
            return page == null ? emptyRange(connection, wanted) : page;
        }
    }

    /** The range had no row to carry the state: both are read again in one view, where by now there may be rows. */
    private Page emptyRange(Connection connection, Wanted wanted) throws SQLException {
        connection.setAutoCommit(false);
        try {
            AppliedRow state = present(AppliedRow.select(connection, sql.readApplied()));
            String scan = wanted.table()
                    .sql()
                    .scanPage(wanted.columns(), wanted.bounds().shape());
            Page page = page(connection, scan, 0, wanted);
            return page == null ? new Page(state, List.of(), false) : new Page(state, page.rows(), page.more());
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Runs a statement for a page. Its state is read when the result begins with it; absent when there is no row. */
    private static @Nullable Page page(Connection connection, String sql, int stateColumns, Wanted wanted)
            throws SQLException {
        RangeSelection range = wanted.request().getRange();
        // The limit is unsigned on the wire.
        int limit = range.getLimit() <= 0 ? PAGE_ROWS : Math.min(range.getLimit(), PAGE_ROWS);
        List<RowPages.Found> rows = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        AppliedRow state = null;
        TableDefinition table = wanted.table().definition();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            // Row by row: a page of large rows is cut by size before all of it is in memory.
            statement.setFetchSize(Integer.MIN_VALUE);
            int at = RowPages.bindBounds(statement, 1, table, wanted.bounds());
            statement.setInt(at, limit + 1);
            try (ResultSet results = statement.executeQuery()) {
                while (!more && results.next()) {
                    if (stateColumns > 0 && state == null) {
                        state = AppliedRow.read(results, 1);
                    }
                    if (rows.size() == limit || bytes > PAGE_BYTES) {
                        more = true;
                    } else {
                        RowPages.Found row = RowPages.read(results, stateColumns + 1, table, wanted.columns());
                        bytes += row.row().size();
                        rows.add(row);
                    }
                }
            }
        }
        return rows.isEmpty() ? null : new Page(state == null ? AppliedRow.NONE : state, rows, more);
    }

    /** Whether the joined side is there: a row's timestamp is never NULL. */
    private static boolean isRow(ResultSet results, Wanted wanted) throws SQLException {
        int timestamp = AppliedRow.COLUMNS
                + wanted.columns().size()
                + wanted.table().definition().keySize()
                + 1;
        results.getLong(timestamp);
        return !results.wasNull();
    }

    private static AppliedRow present(@Nullable AppliedRow state) throws SQLException {
        if (state == null) {
            throw new SQLException("the applied row is missing", "HY000");
        }
        return state;
    }

    private static long stream(Connection view, Wanted wanted, Predicate<ScanChunk> chunks) throws SQLException {
        RowPages pages = new RowPages(view, wanted.table(), wanted.columns(), wanted.bounds());
        long limit = Integer.toUnsignedLong(wanted.request().getRange().getLimit());
        long rows = 0;
        long bytes = 0;
        ScanChunk.Builder chunk = ScanChunk.newBuilder();
        for (List<RowPages.Found> page = pages.next(); !page.isEmpty(); page = pages.next()) {
            for (RowPages.Found found : page) {
                if (limit != 0 && rows == limit) {
                    return last(chunk, chunks, rows);
                }
                chunk.addRows(found.row());
                if (wanted.request().getWithTimestamps()) {
                    chunk.addTimestamps(found.timestamp());
                }
                rows++;
                bytes += found.row().size();
                if (bytes >= CHUNK_BYTES) {
                    if (!chunks.test(chunk.build())) {
                        return rows;
                    }
                    chunk.clear();
                    bytes = 0;
                }
            }
        }
        return last(chunk, chunks, rows);
    }

    /** Hands out what is left. Whether the taker wants more does not matter at the end. */
    private static long last(ScanChunk.Builder chunk, Predicate<ScanChunk> chunks, long rows) {
        if (chunk.getRowsCount() > 0 && !chunks.test(chunk.build())) {
            return rows;
        }
        return rows;
    }
}
