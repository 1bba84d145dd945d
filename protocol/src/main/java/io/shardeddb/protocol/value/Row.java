package io.shardeddb.protocol.value;

import java.util.List;

/**
 * Values in the order of the columns that the context names: a table's columns, a projection, or a (prefix of a) key.
 *
 * @param values one per column; {@link Value#NULL} stands for SQL's NULL
 */
public record Row(List<Value> values) {

    public Row {
        values = List.copyOf(values);
    }

    /** A row of these values, in this order. */
    public static Row of(Value... values) {
        return new Row(List.of(values));
    }

    /** The value at a place, from 0. */
    public Value get(int column) {
        return values.get(column);
    }

    /** How many values there are. */
    public int size() {
        return values.size();
    }
}
