package io.shardeddb.router.forward;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.LaterTables;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.Tiling;
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

    /**
     * The same read asked in newer tables: each value of a row keeps its place, and the answer the shape that it began
     * in.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException SCHEMA_CHANGED when these tables cannot give that shape any
     *     more
     */
    RangeRead under(Topology next) {
        TableDefinition now = LaterTables.table(next.schema(), topology.schema(), table);
        return new RangeRead(next, now, range, LaterTables.projection(projection, table, now), limit, options);
    }

    /** What the answers must cover. */
    Tiling tiling() {
        return range.tiling(topology, table);
    }

    /**
     * The shards that are asked, in the range's direction.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException MOVED when the owner of some positions is not known
     */
    public List<ShardEntry> shards() {
        return range.shards(topology, table);
    }
}
