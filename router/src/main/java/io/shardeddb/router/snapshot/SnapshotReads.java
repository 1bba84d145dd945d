package io.shardeddb.router.snapshot;

import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Reads of the whole database at one moment. They block, so they belong on virtual threads. */
public interface SnapshotReads {

    /** Tables and shards as they were. */
    Topology topology();

    /** The shard that owns a key. */
    default ShardEntry shard(TableDefinition table, Row key) {
        return topology().shardOf(table, key);
    }

    /**
     * Rows by their keys; a key without a row is not in the answer.
     *
     * @throws DatabaseException TRANSACTION_LOST when a view is gone
     */
    Map<Row, StoredRow> rows(TableDefinition table, List<Row> keys);

    /**
     * The rows of a range in one shard, in the range's direction, read page by page as they are taken.
     *
     * @param pageRows rows of the first page
     */
    Iterator<StoredRow> rows(TableDefinition table, ShardEntry shard, KeyRange range, int pageRows);

    /** Who has it needs it no more. */
    void giveUp();
}
