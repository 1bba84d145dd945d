package io.shardeddb.server.store.read;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.server.store.sql.KeyRange;
import io.shardeddb.server.store.sql.ValueBinding;
import io.shardeddb.server.store.state.StoredTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a range of a table in key order inside an open view, page by page. Each page begins after the last key
 * of the one before. So memory and result sets stay small, whatever the range's size.
 */
public final class RowPages {

    /** A row that was read. */
    public record Found(ByteString row, Row key, long timestamp) {}

    /** Bounds of a range with their values: (prefixes of) keys. */
    public record Bounds(
            @Nullable Row from,
            boolean fromExclusive,
            @Nullable Row to,
            boolean toExclusive,
            boolean descending) {

        public static final Bounds ALL = new Bounds(null, false, null, false, false);

        KeyRange shape() {
            return new KeyRange(
                    from == null ? 0 : from.size(), fromExclusive, to == null ? 0 : to.size(), toExclusive, descending);
        }

        /** What comes up to a key, with it. */
        Bounds upTo(Row key) {
            return descending
                    ? new Bounds(key, false, to, toExclusive, true)
                    : new Bounds(from, fromExclusive, key, false, false);
        }

        /** What remains behind a key. */
        public Bounds behind(Row key) {
            return descending
                    ? new Bounds(from, fromExclusive, key, true, true)
                    : new Bounds(key, true, to, toExclusive, false);
        }
    }

    /** Most rows of one page; fewer when rows are large. */
    private static final int PAGE_ROWS = 2_048;

    /** Rough size of one page, in bytes. */
    private static final int PAGE_BYTES = 1 << 20;

    private final Connection connection;
    private final StoredTable table;
    private final List<Integer> columns;
    private Bounds bounds;
    private int pageRows = 64;
    private boolean finished;

    public RowPages(Connection connection, StoredTable table, List<Integer> columns, Bounds bounds) {
        this.connection = connection;
        this.table = table;
        this.columns = columns;
        this.bounds = bounds;
    }

    /** The next page; empty at the end. */
    public List<Found> next() throws SQLException {
        if (finished) {
            return List.of();
        }
        List<Found> page = new ArrayList<>(pageRows);
        long bytes = 0;
        KeyRange shape = bounds.shape();
        try (PreparedStatement statement =
                connection.prepareStatement(table.sql().scanPage(columns, shape))) {
            int at = bindBounds(statement, 1, table.definition(), bounds);
            statement.setInt(at, pageRows);
            try (ResultSet results = statement.executeQuery()) {
                while (results.next()) {
                    Found found = read(results, 1, table.definition(), columns);
                    bytes += found.row().size();
                    page.add(found);
                }
            }
        }
        if (page.size() < pageRows) {
            finished = true;
        } else {
            bounds = bounds.behind(page.getLast().key());
            long perRow = Math.max(1, bytes / page.size());
            pageRows = Math.clamp(PAGE_BYTES / perRow, 1, PAGE_ROWS);
        }
        return page;
    }

    /** Reads a row selected as the columns wanted, the key, the timestamp. */
    static Found read(ResultSet results, int first, TableDefinition table, List<Integer> columns) throws SQLException {
        List<Value> values = new ArrayList<>(columns.size());
        int at = first;
        for (int column : columns) {
            values.add(ValueBinding.get(results, at++, table.column(column).type()));
        }
        Row key = ValueBinding.getKey(results, at, table);
        return new Found(RowCodec.encode(values), key, results.getLong(at + table.keySize()));
    }

    /**
     * Sets the parameters of a range's condition, in the order in which {@code TableSql} writes them; returns the place
     * behind them.
     */
    static int bindBounds(PreparedStatement statement, int first, TableDefinition table, Bounds bounds)
            throws SQLException {
        int at = bindBound(statement, first, table, bounds.from());
        return bindBound(statement, at, table, bounds.to());
    }

    private static int bindBound(PreparedStatement statement, int first, TableDefinition table, @Nullable Row bound)
            throws SQLException {
        if (bound == null || bound.size() == 0) {
            return first;
        }
        int at = first;
        if (bound.size() > 1) {
            ValueBinding.set(statement, at++, table.keyColumn(0).type(), bound.get(0));
        }
        for (int last = 0; last < bound.size(); last++) {
            for (int i = 0; i <= last; i++) {
                ValueBinding.set(statement, at++, table.keyColumn(i).type(), bound.get(i));
            }
        }
        return at;
    }
}
