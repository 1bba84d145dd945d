package io.shardeddb.router.forward;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.LaterTables;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.Tiling;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A read of a range of keys.
 *
 * @param limit greatest number of rows, 0 for none
 * @param filter of documents: shards may leave out rows that do not match. Empty: all rows are wanted
 */
public record RangeRead(
        Topology topology,
        TableDefinition table,
        KeyRange range,
        Projection projection,
        int limit,
        ReadOptions options,
        String filter) {

    /** A read of all rows of the range. */
    public RangeRead(
            Topology topology,
            TableDefinition table,
            KeyRange range,
            Projection projection,
            int limit,
            ReadOptions options) {
        this(topology, table, range, projection, limit, options, "");
    }

    /** The same read, of which shards may leave out rows that do not match a filter. */
    public RangeRead narrowed(String documentFilter) {
        return new RangeRead(topology, table, range, projection, limit, options, documentFilter);
    }

    /** The same read without what was given already: everything after this key, in the range's direction. */
    RangeRead after(Row key) {
        return new RangeRead(topology, table, range.after(key), projection, limit, options, filter);
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
        Projection same = LaterTables.projection(projection, table, now);
        return new RangeRead(next, now, range, same, limit, options, filter);
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

    /**
     * The rows of several shards are the range only if these shards own, in the views that answered, all that was asked
     * for.
     */
    public void requireWhole(List<ShardEntry> shards, List<ReadReply> answers) {
        List<Tiling.Answered> answered = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            answered.add(RangeStart.answered(shards.get(i).group(), answers.get(i)));
        }
        tiling().requireWhole(answered);
    }

    /** The order of fetched rows in the range's direction. */
    Comparator<Row> order() {
        Comparator<Row> ascending = (left, right) -> table.compareKeys(projection.keyOf(left), projection.keyOf(right));
        return range.descending() ? ascending.reversed() : ascending;
    }
}
