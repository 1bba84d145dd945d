package io.shardeddb.router.route;

import io.shardeddb.protocol.keyspace.Positions;
import io.shardeddb.protocol.keyspace.Strategy;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.RangeSelection;
import io.shardeddb.router.topology.ShardEntry;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of primary keys. Bounds are leading values of the key; absent is unbounded.
 *
 * @param descending whether rows are wanted from the greatest key down
 */
public record KeyRange(
        @Nullable Row from, boolean fromExclusive, @Nullable Row to, boolean toExclusive, boolean descending) {

    /** All rows in ascending order. */
    public static final KeyRange ALL = new KeyRange(null, false, null, false, false);

    /** Rows from one key prefix to another, both included. */
    public static KeyRange between(Row from, Row to) {
        return new KeyRange(from, false, to, false, false);
    }

    /** The same range without what was given already: everything behind {@code last}, in the range's direction. */
    public KeyRange after(Row last) {
        return descending
                ? new KeyRange(from, fromExclusive, last, true, true)
                : new KeyRange(last, true, to, toExclusive, false);
    }

    /**
     * The shards that may hold rows of the range, in the order of their intervals, or from last to first when
     * descending.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException MOVED when the owner of some positions is not known
     */
    public List<ShardEntry> shards(Topology topology, TableDefinition table) {
        Span asked = asked(topology, table);
        List<ShardEntry> shards = topology.overlapping(asked.first(), asked.last());
        return descending ? shards.reversed() : shards;
    }

    /** Whether a whole key lies in it. */
    public boolean contains(TableDefinition table, Row key) {
        return (from == null || isBeyond(table.compareKeys(leading(key, from), from), fromExclusive))
                && (to == null || isBeyond(table.compareKeys(to, leading(key, to)), toExclusive));
    }

    private static boolean isBeyond(int order, boolean exclusive) {
        return exclusive ? order > 0 : order >= 0;
    }

    /** A bound of fewer values than the key has is a bound on these. */
    private static Row leading(Row key, Row bound) {
        return key.size() == bound.size() ? key : new Row(key.values().subList(0, bound.size()));
    }

    /** What the shards' answers must cover to be the whole range. */
    public Tiling tiling(Topology topology, TableDefinition table) {
        Span asked = asked(topology, table);
        return Tiling.of(topology.shards(), asked.first(), asked.last());
    }

    /** Positions that rows of the range can have, both ends included. */
    private record Span(long first, long last) {}

    private Span asked(Topology topology, TableDefinition table) {
        Strategy strategy = topology.schema().strategy();
        Value first = from == null || table.shardKeyInKey() >= from.size() ? null : from.get(table.shardKeyInKey());
        Value last = to == null || table.shardKeyInKey() >= to.size() ? null : to.get(table.shardKeyInKey());
        if (first != null && first.equals(last) && samePrefix(table.shardKeyInKey())) {
            long position = Positions.of(first, strategy);
            return new Span(position, position);
        }
        if (strategy == Strategy.HASH || table.shardKeyInKey() != 0) {
            return new Span(Long.MIN_VALUE, Long.MAX_VALUE);
        }
        return new Span(
                first == null ? Long.MIN_VALUE : Positions.of(first, strategy),
                last == null ? Long.MAX_VALUE : Positions.of(last, strategy));
    }

    /** Whether the bounds agree in all values before the given one: only then do they fix that value. */
    private boolean samePrefix(int index) {
        return from != null
                && to != null
                && from.values().subList(0, index).equals(to.values().subList(0, index));
    }

    /** Whether rows come shard after shard: then their answers are put one behind the other. */
    public static boolean inShardOrder(Topology topology, TableDefinition table) {
        return topology.schema().strategy() == Strategy.RANGE && table.shardKeyInKey() == 0;
    }

    /**
     * The form on the wire.
     *
     * @param limit greatest number of rows, 0 for none
     */
    public RangeSelection toWire(int limit) {
        RangeSelection.Builder wire =
                RangeSelection.newBuilder().setLimit(limit).setDescending(descending);
        if (from != null) {
            wire.setFrom(RowCodec.encode(from)).setFromExclusive(fromExclusive);
        }
        if (to != null) {
            wire.setTo(RowCodec.encode(to)).setToExclusive(toExclusive);
        }
        return wire.build();
    }
}
