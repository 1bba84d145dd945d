package io.shardeddb.router.interactive;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.GroupId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A range as a transaction sees it: the snapshot's rows, with its own over them. It stops after as many rows as are
 * wanted and one more, which tells that there are more. Pure, but for where the rows come from.
 */
final class RangeOverlay {
    /** With so many bytes of rows, about, it stops before the next row. */
    static final long MOST_BYTES = 4L << 20;

    private final TableDefinition table;
    private final KeyRange range;
    private final int limit;
    private final BufferedRows written;
    private final List<Row> rows = new ArrayList<>();
    private final Map<GroupId, List<StoredRow>> taken = new HashMap<>();
    private long bytes;
    private boolean more;
    private @Nullable Row last;

    /**
     * Of a range.
     *
     * @param limit rows that are wanted
     */
    RangeOverlay(TableDefinition table, KeyRange range, int limit, BufferedRows written) {
        this.table = table;
        this.range = range;
        this.limit = limit;
        this.written = written;
    }

    /** A row of the snapshot, with the shard that has it. */
    record Source(GroupId shard, StoredRow row) {}

    /** The order of keys in the range's direction. */
    Comparator<Row> order() {
        Comparator<Row> ascending = table::compareKeys;
        return range.descending() ? ascending.reversed() : ascending;
    }

    /** Takes rows of the snapshot, which come in the range's order. */
    void read(Iterator<Source> snapshot) {
        Iterator<BufferedRows.Written> own = ownRows().iterator();
        BufferedRows.Written nextOwn = own.hasNext() ? own.next() : null;
        while (!more && (nextOwn != null || snapshot.hasNext())) {
            if (!snapshot.hasNext()) {
                give(nextOwn == null ? null : nextOwn.now(), nextOwn == null ? null : nextOwn.key());
                nextOwn = own.hasNext() ? own.next() : null;
                continue;
            }
            Source source = snapshot.next();
            Row key = table.keyOf(source.row().row());
            while (!more && nextOwn != null && order().compare(nextOwn.key(), key) < 0) {
                give(nextOwn.now(), nextOwn.key());
                nextOwn = own.hasNext() ? own.next() : null;
            }
            if (more) {
                return;
            }
            taken.computeIfAbsent(source.shard(), shard -> new ArrayList<>()).add(source.row());
            last = key;
            if (nextOwn != null && order().compare(nextOwn.key(), key) == 0) {
                give(nextOwn.now(), key);
                nextOwn = own.hasNext() ? own.next() : null;
            } else {
                give(source.row().row(), key);
            }
        }
    }

    private List<BufferedRows.Written> ownRows() {
        return written.of(table).stream()
                .filter(row -> range.contains(table, row.key()))
                .sorted(Comparator.comparing(BufferedRows.Written::key, order()))
                .toList();
    }

    private void give(@Nullable Row row, @Nullable Row key) {
        if (row == null) {
            return;
        }
        if (rows.size() == limit || bytes >= MOST_BYTES) {
            more = true;
            last = key;
        } else {
            rows.add(row);
            bytes += row.values().stream().mapToLong(Value::memoryBytes).sum();
        }
    }

    /** The rows, whole, in the range's order. */
    List<Row> rows() {
        return rows;
    }

    /** Whether there are more. */
    boolean more() {
        return more;
    }

    /** What was looked at: the range up to the last row that was seen, if not to its end. */
    KeyRange seen() {
        Row end = last;
        if (!more || end == null) {
            return range;
        }
        return range.descending()
                ? new KeyRange(end, false, range.to(), range.toExclusive(), true)
                : new KeyRange(range.from(), range.fromExclusive(), end, false, false);
    }

    /** Rows of the snapshot that were looked at, of one shard. */
    List<StoredRow> taken(GroupId shard) {
        return taken.getOrDefault(shard, List.of());
    }
}
