package io.shardeddb.router.snapshot;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.ShardEntry;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The rows of a range in one shard of a snapshot, page by page. Blocks. */
final class ShardRows implements Iterator<StoredRow> {
    private static final int LARGEST_PAGE = 1_000;

    private final Snapshot snapshot;
    private final TableDefinition table;
    private final ShardEntry shard;
    private KeyRange left;
    private int pageRows;
    private Iterator<StoredRow> page = Collections.emptyIterator();
    private boolean finished;

    ShardRows(Snapshot snapshot, TableDefinition table, ShardEntry shard, KeyRange range, int pageRows) {
        this.snapshot = snapshot;
        this.table = table;
        this.shard = shard;
        this.left = range;
        this.pageRows = Math.clamp(pageRows, 1, LARGEST_PAGE);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !finished) {
            Snapshot.Page next = snapshot.page(table, shard, left, pageRows);
            List<StoredRow> rows = next.rows();
            finished = !next.more() || rows.isEmpty();
            if (!rows.isEmpty()) {
                left = left.after(table.keyOf(rows.getLast().row()));
            }
            pageRows = Math.min(LARGEST_PAGE, pageRows * 2);
            page = rows.iterator();
        }
        return page.hasNext();
    }

    @Override
    public StoredRow next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
