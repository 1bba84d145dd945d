package io.shardeddb.router.forward;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.List;

/**
 * A read of a range of keys.
 *
 * @param limit greatest number of rows, 0 for none
 */
public record RangeRead(
        Topology topology,
        TableDefinition table,
        KeyRange range,
        Projection projection,
        int limit,
        ReadOptions options) {

    /** The same read without what was given already: everything after this key, in the range's direction. */
    RangeRead after(Row key) {
        return new RangeRead(topology, table, range.after(key), projection, limit, options);
    }

    /** The shards that are asked, in the range's direction. */
    public List<ShardEntry> shards() {
        return range.shards(topology, table);
    }
}
