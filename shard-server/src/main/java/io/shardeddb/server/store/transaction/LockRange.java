package io.shardeddb.server.store.transaction;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RangeCheck;
import io.shardeddb.protocol.wire.ReadRange;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a transaction has read: nobody else may change rows there until it is over. Others may read them too.
 *
 * @param table name of the table
 * @param from (leading values of) the least key; {@code null}: no bound
 * @param to (leading values of) the greatest key; {@code null}: no bound
 */
public record LockRange(
        String table,
        @Nullable Row from,
        boolean fromExclusive,
        @Nullable Row to,
        boolean toExclusive) {

    static LockRange of(ReadRange range) {
        return new LockRange(
                range.getTable(),
                range.hasFrom() ? RowCodec.decode(range.getFrom()) : null,
                range.getFromExclusive(),
                range.hasTo() ? RowCodec.decode(range.getTo()) : null,
                range.getToExclusive());
    }

    /**
     * Of a range that a request checks.
     *
     * @throws IllegalArgumentException when its bounds fit no key of the table
     */
    public static LockRange of(TableDefinition table, RangeCheck check) {
        return new LockRange(
                table.name(),
                check.hasFrom() ? bound(table, RowCodec.decode(check.getFrom())) : null,
                check.getFromExclusive(),
                check.hasTo() ? bound(table, RowCodec.decode(check.getTo())) : null,
                check.getToExclusive());
    }

    private static @Nullable Row bound(TableDefinition table, Row bound) {
        if (bound.size() > table.keySize()) {
            throw new IllegalArgumentException("a bound has " + bound.size() + " values, the key " + table.keySize());
        }
        return bound.size() == 0 ? null : bound;
    }

    /** As it is stored. */
    public ReadRange toWire() {
        ReadRange.Builder wire = ReadRange.newBuilder()
                .setTable(table)
                .setFromExclusive(fromExclusive)
                .setToExclusive(toExclusive);
        if (from != null) {
            wire.setFrom(RowCodec.encode(from));
        }
        if (to != null) {
            wire.setTo(RowCodec.encode(to));
        }
        return wire.build();
    }

    /**
     * Whether a key lies in it.
     *
     * @param tables finds the definition of a table; of one that is not there, every key counts as within
     */
    boolean contains(LockKey key, Function<String, @Nullable TableDefinition> tables) {
        if (!key.table().equals(table)) {
            return false;
        }
        TableDefinition definition = tables.apply(table);
        return definition == null || contains(definition, RowCodec.decode(key.key(), definition.keySize()));
    }

    /** Whether a whole key lies in it. */
    public boolean contains(TableDefinition definition, Row key) {
        return isAbove(definition, key) && isBelow(definition, key);
    }

    private boolean isAbove(TableDefinition definition, Row key) {
        if (from == null) {
            return true;
        }
        int order = definition.compareKeys(leading(key, from), from);
        return fromExclusive ? order > 0 : order >= 0;
    }

    private boolean isBelow(TableDefinition definition, Row key) {
        if (to == null) {
            return true;
        }
        int order = definition.compareKeys(leading(key, to), to);
        return toExclusive ? order < 0 : order <= 0;
    }

    /** A bound of fewer values than the key has is a bound on these. */
    private static Row leading(Row key, Row bound) {
        return key.size() == bound.size() ? key : new Row(key.values().subList(0, bound.size()));
    }
}
