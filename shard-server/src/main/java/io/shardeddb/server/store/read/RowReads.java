package io.shardeddb.server.store.read;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.protocol.wire.ScanChunk;
import io.shardeddb.protocol.wire.ScanEnd;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.sql.DatabaseConnections;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows together with the applied state of the very view that shows them. For a few keys or a page that is one
 * statement: the applied row joined with the rows.
 */
public final class RowReads {

    /** Rows of a page when the request does not say, and at most. */
    public static final int PAGE_ROWS = 1_000;

    /** A page ends after so many bytes of rows: an answer must fit a message. */
    static final int PAGE_BYTES = 2 << 20;

    private final DatabaseConnections connections;
    private final SqlText sql;
    private final OpenViews views;
    private final KeyReads keys;

    public RowReads(DatabaseConnections connections, SqlText sql, OpenViews views) {
        this.connections = connections;
        this.sql = sql;
        this.views = views;
        this.keys = new KeyReads(connections, sql);
    }

    /**
     * One page or keys; a refusal is an answer with an error.
     *
     * @param floor index that this process has seen applied: a view that shows less is of a database that lost entries
     */
    public ReadReply read(ReadRequest request, @Nullable StoredSchema schema, long floor) throws SQLException {
        if (request.hasKeys()) {
            return keys.read(List.of(request), schema, floor).getFirst();
        }
        Wanted wanted;
        try {
            wanted = Wanted.of(request, schema);
        } catch (DatabaseException e) {
            return ReadReply.newBuilder().setError(e.toWire()).build();
        }
        DocumentNarrowing filter = wanted.filter();
        Page page = filter == null ? range(wanted) : filtered(wanted, filter);
        page.state().requireApplied(floor);
        return wanted.reply(page.state(), page.rows(), page.more());
    }

    /** Keys for many requests; see {@code ReplicaStore.readKeys}. */
    public List<ReadReply> readKeys(List<ReadRequest> requests, @Nullable StoredSchema schema, long floor)
            throws SQLException {
        return keys.read(requests, schema, floor);
    }

    /** Streams a range; see {@code ReplicaStore.scan}. */
    public ScanEnd scan(ReadRequest request, @Nullable StoredSchema schema, long floor, Predicate<ScanChunk> chunks)
            throws SQLException {
        Wanted wanted;
        try {
            wanted = Wanted.of(request, schema);
            if (request.hasKeys()) {
                throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "a scan takes a range, not keys");
            }
        } catch (DatabaseException e) {
            return ScanEnd.newBuilder().setError(e.toWire()).build();
        }
        try (OpenViews.View view = views.open(connections::view)) {
            ViewState state = ViewState.select(view.connection(), sql);
            state.requireApplied(floor);
            ScanEnd.Builder end = ScanEnd.newBuilder().setIndex(state.index()).setEpoch(state.epoch());
            Interval interval = state.interval();
            if (interval != null) {
                end.setInterval(interval.toWire());
            }
            DatabaseException refusal = wanted.refusal(state);
            if (refusal != null) {
                return end.setError(refusal.toWire()).build();
            }
            try {
                return end.setRows(stream(view.connection(), state, wanted, chunks))
                        .build();
            } catch (SQLException e) {
                if (view.ending() == OpenViews.Ending.TABLES_CHANGE) {
                    return end.setError(new DatabaseException(
                                            ErrorCode.SCHEMA_CHANGED, "the tables changed during the scan")
                                    .toWire())
                            .build();
                }
                throw e;
            }
        }
    }

    /** Opens a view for many reads; see {@code ReplicaStore.openView}. */
    public RowsView open(@Nullable StoredSchema schema, long floor) throws SQLException {
        OpenViews.View view = views.open(connections::view);
        try {
            ViewState state = ViewState.select(view.connection(), sql);
            state.requireApplied(floor);
            return new LongView(view, state, schema, keys);
        } catch (SQLException e) {
            view.close();
            throw e;
        }
    }

    /** Rows with the state of their view. */
    record Page(ViewState state, List<RowPages.Found> rows, boolean more) {}

    private Page range(Wanted wanted) throws SQLException {
        String sql = wanted.table()
                .sql()
                .selectPage(wanted.columns(), wanted.bounds().shape());
        try (Connection connection = connections.read()) {
            Page page = page(connection, sql, ViewState.COLUMNS, wanted);
            return page == null ? emptyRange(connection, wanted) : page;
        }
    }

    /** The rows of a range that a filter leaves, as far as they are found in a short time. */
    private Page filtered(Wanted wanted, DocumentNarrowing filter) throws SQLException {
        try (Connection connection = connections.read()) {
            connection.setAutoCommit(false);
            try {
                ViewState state = ViewState.select(connection, sql);
                // In other tables the statements mean nothing, and the answer is a refusal.
                return wanted.refusal(state) == null
                        ? filtered(connection, state, wanted, filter)
                        : new Page(state, List.of(), false);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    private static Page filtered(Connection connection, ViewState state, Wanted wanted, DocumentNarrowing filter)
            throws SQLException {
        FilteredPages pages = new FilteredPages(connection, wanted, filter);
        int limit = pageLimit(wanted);
        List<RowPages.Found> rows = new ArrayList<>();
        long bytes = 0;
        boolean full = false;
        while (!full && !pages.finished() && pages.hasTime()) {
            for (RowPages.Found row : pages.next()) {
                full |= rows.size() == limit || bytes > PAGE_BYTES;
                if (!full) {
                    bytes += row.row().size();
                    rows.add(row);
                }
            }
        }
        return new Page(state, rows, full || !pages.finished());
    }

    private static int pageLimit(Wanted wanted) {
        // The limit is unsigned on the wire.
        int limit = wanted.request().getRange().getLimit();
        return limit <= 0 ? PAGE_ROWS : Math.min(limit, PAGE_ROWS);
    }

    /** The range had no row to carry the state: both are read again in one view, where by now there may be rows. */
    private Page emptyRange(Connection connection, Wanted wanted) throws SQLException {
        connection.setAutoCommit(false);
        try {
            ViewState state = ViewState.select(connection, sql);
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
    static @Nullable Page page(Connection connection, String sql, int stateColumns, Wanted wanted) throws SQLException {
        int limit = pageLimit(wanted);
        List<RowPages.Found> rows = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        ViewState state = null;
        TableDefinition table = wanted.table().definition();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            // Row by row: a page of large rows is cut by size before all of it is in memory.
            statement.setFetchSize(Integer.MIN_VALUE);
            int at = RowPages.bindBounds(statement, 1, table, wanted.bounds());
            statement.setInt(at, limit + 1);
            try (ResultSet results = statement.executeQuery()) {
                while (!more && results.next()) {
                    if (stateColumns > 0 && state == null) {
                        state = ViewState.read(results, 1);
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
        return rows.isEmpty() ? null : new Page(state == null ? ViewState.NONE : state, rows, more);
    }

    private static long stream(Connection view, ViewState state, Wanted wanted, Predicate<ScanChunk> chunks)
            throws SQLException {
        DocumentNarrowing filter = wanted.filter();
        ScanChunks out = new ScanChunks(wanted, first(state), chunks);
        // The view's state goes before the first row. Writers may be waiting until the views of a cut are open, and a
        // filter may find its first row late.
        if ((filter != null || wanted.request().hasCut()) && !out.flush()) {
            return out.rows();
        }
        if (filter != null) {
            FilteredPages pages = new FilteredPages(view, wanted, filter);
            // Each page, also an empty one, is a sign that the scan goes on.
            boolean goesOn = true;
            while (goesOn && !pages.finished()) {
                goesOn = out.add(pages.next()) && out.flush();
            }
        } else {
            RowPages pages = new RowPages(view, wanted.table(), wanted.columns(), wanted.bounds());
            List<RowPages.Found> page = pages.next();
            while (!page.isEmpty() && out.add(page)) {
                page = pages.next();
            }
        }
        out.end();
        return out.rows();
    }

    /**
     * What the first rows say of the view that shows them: who takes them can tell at once whether these are the
     * positions he asked for.
     */
    private static ScanChunk.Builder first(ViewState state) {
        ScanChunk.Builder chunk = ScanChunk.newBuilder().setIndex(state.index()).setEpoch(state.epoch());
        Interval interval = state.interval();
        if (interval != null) {
            chunk.setInterval(interval.toWire());
        }
        return chunk;
    }
}
