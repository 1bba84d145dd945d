package io.shardeddb.server.store.read;

import io.shardeddb.documents.sql.IndexLookup;
import io.shardeddb.protocol.schema.IndexDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.server.store.read.RowPages.Bounds;
import io.shardeddb.server.store.read.RowPages.Found;
import io.shardeddb.server.store.sql.FilterSql;
import io.shardeddb.server.store.sql.ValueBinding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the documents of a range that a filter leaves, in key order inside an open view, page by page. If
 * indexes find few documents, these alone are read. Else the range is looked through window by window. A window is so
 * many rows as the database looks at in a moment. So no statement takes long, whatever the range's size, and a page may
 * be empty.
 */
final class FilteredPages {

    /** Documents that indexes may find. From so many on the key's order is the better way to them. */
    static final int MOST_FOUND = 10_000;

    private static final int LEAST_WINDOW = 16;

    /** Documents of 100 KiB may follow small ones, and then so many take about a second. */
    private static final int MOST_WINDOW = 2_048;

    /** A window that takes less is followed by a greater one, and one that takes four times as long by a lesser. */
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** So long a short answer looks for documents. */
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The same in a part of a cut: a write until its end makes the view useless, and writers may be waiting for it. */
    private static final long SHORT_NANOS_OF_CUT = TimeUnit.MILLISECONDS.toNanos(20);

    /** Most rows of one page; fewer when rows are large. */
    private static final int PAGE_ROWS = 256;

    /** Rough size of one page, in bytes. */
    private static final int PAGE_BYTES = 1 << 20;

    private final Connection view;
    private final Wanted wanted;
    private final DocumentNarrowing filter;
    private final TableDefinition table;
    private final FilterSql sql;
    private final long began = System.nanoTime();
    private Bounds bounds;
    private @Nullable Deque<Row> found;
    private @Nullable Row windowEnd;
    private boolean inWindow;
    private boolean begun;
    private boolean finished;
    private int windowRows = 64;
    private long windowBegan;
    private int pageRows = 16;

    FilteredPages(Connection view, Wanted wanted, DocumentNarrowing filter) {
        this.view = view;
        this.wanted = wanted;
        this.filter = filter;
        this.table = wanted.table().definition();
        this.sql = new FilterSql(wanted.table().sql());
        this.bounds = wanted.bounds();
    }

    /** Whether there are no more pages. */
    boolean finished() {
        return finished;
    }

    /** Whether a short answer may go on: it has not taken long yet. */
    boolean hasTime() {
        return System.nanoTime() - began < (wanted.request().hasCut() ? SHORT_NANOS_OF_CUT : SHORT_NANOS);
    }

    /** The next page, which may be empty. Not at the end. */
    List<Found> next() throws SQLException {
        if (!begun) {
            begun = true;
            found = lookUp();
        }
        Deque<Row> keys = found;
        List<Found> page = keys == null ? ofWindow() : ofKeys(keys);
        if (!page.isEmpty()) {
            long bytes = page.stream().mapToLong(each -> each.row().size()).sum();
            pageRows = Math.clamp(PAGE_BYTES / Math.max(1, bytes / page.size()), 1, PAGE_ROWS);
        }
        return page;
    }

    /** All keys that indexes find, in order; null: they find too many, or none helps. */
    private @Nullable Deque<Row> lookUp() throws SQLException {
        if (filter.lookups().isEmpty()) {
            return null;
        }
        Comparator<Row> ascending = table::compareKeys;
        TreeSet<Row> keys = new TreeSet<>(bounds.descending() ? ascending.reversed() : ascending);
        for (IndexLookup lookup : filter.lookups()) {
            if (lookUp(lookup, keys) > MOST_FOUND || keys.size() > MOST_FOUND) {
                return null;
            }
        }
        return new ArrayDeque<>(keys);
    }

    private int lookUp(IndexLookup lookup, Set<Row> keys) throws SQLException {
        IndexDefinition index = Objects.requireNonNull(filter.indexes().get(lookup.path()), "an index of the path");
        int count = 0;
        try (PreparedStatement statement = view.prepareStatement(sql.lookup(index, lookup, bounds.shape()))) {
            int at = set(statement, 1, FilterSql.parameters(lookup));
            at = RowPages.bindBounds(statement, at, table, bounds);
            statement.setInt(at, MOST_FOUND + 1);
            try (ResultSet results = statement.executeQuery()) {
                for (; results.next(); count++) {
                    keys.add(ValueBinding.getKey(results, 1, table));
                }
            }
        }
        return count;
    }

    private static int set(PreparedStatement statement, int first, List<Object> parameters) throws SQLException {
        int at = first;
        for (Object parameter : parameters) {
            switch (parameter) {
                case byte[] bytes -> statement.setBytes(at++, bytes);
                case Double number -> statement.setDouble(at++, number);
                default -> statement.setString(at++, parameter.toString());
            }
        }
        return at;
    }

    private List<Found> ofKeys(Deque<Row> keys) throws SQLException {
        List<Row> some = new ArrayList<>();
        while (some.size() < pageRows && !keys.isEmpty()) {
            some.add(keys.removeFirst());
        }
        finished = keys.isEmpty();
        if (some.isEmpty()) {
            return List.of();
        }
        // Few different statements: the number of keys is rounded up, the last key stands for the rest.
        int places = Integer.highestOneBit(2 * some.size() - 1);
        String text =
                sql.rowsByKeys(wanted.columns(), places, filter.condition().condition(), bounds.descending());
        try (PreparedStatement statement = view.prepareStatement(text)) {
            int at = 1;
            for (int i = 0; i < places; i++) {
                at = ValueBinding.setKey(statement, at, table, some.get(Math.min(i, some.size() - 1)));
            }
            set(statement, at, filter.condition().parameters());
            return read(statement);
        }
    }

    private List<Found> ofWindow() throws SQLException {
        if (!inWindow) {
            windowBegan = System.nanoTime();
            windowEnd = windowEnd();
            inWindow = true;
        }
        Row end = windowEnd;
        Bounds here = end == null ? bounds : bounds.upTo(end);
        int asked = pageRows;
        List<Found> page = rows(here, asked);
        if (page.size() == asked) {
            bounds = bounds.behind(page.getLast().key());
        } else {
            inWindow = false;
            if (end == null) {
                finished = true;
            } else {
                bounds = bounds.behind(end);
                chooseWindow(System.nanoTime() - windowBegan);
            }
        }
        return page;
    }

    private void chooseWindow(long tookNanos) {
        if (tookNanos < QUICK_NANOS) {
            windowRows = Math.min(MOST_WINDOW, windowRows * 2);
        } else if (tookNanos > 4 * QUICK_NANOS) {
            windowRows = Math.max(LEAST_WINDOW, windowRows / 2);
        }
    }

    private @Nullable Row windowEnd() throws SQLException {
        try (PreparedStatement statement = view.prepareStatement(sql.keyAt(bounds.shape()))) {
            int at = RowPages.bindBounds(statement, 1, table, bounds);
            statement.setInt(at, windowRows - 1);
            try (ResultSet results = statement.executeQuery()) {
                return results.next() ? ValueBinding.getKey(results, 1, table) : null;
            }
        }
    }

    private List<Found> rows(Bounds here, int limit) throws SQLException {
        String text =
                sql.rows(wanted.columns(), here.shape(), filter.condition().condition());
        try (PreparedStatement statement = view.prepareStatement(text)) {
            int at = RowPages.bindBounds(statement, 1, table, here);
            at = set(statement, at, filter.condition().parameters());
            statement.setInt(at, limit);
            return read(statement);
        }
    }

    private List<Found> read(PreparedStatement statement) throws SQLException {
        List<Found> rows = new ArrayList<>();
        try (ResultSet results = statement.executeQuery()) {
            while (results.next()) {
                rows.add(RowPages.read(results, 1, table, wanted.columns()));
            }
        }
        return rows;
    }
}
