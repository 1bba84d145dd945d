package io.shardeddb.router.route;

import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The columns that a read fetches: those wanted, and behind them the key's columns that are not among them, for merging
 * and continuing.
 *
 * @param wanted table indexes of the columns to give
 * @param fetched table indexes of the columns to fetch; starts with the wanted ones
 * @param key where the key's columns stand among the fetched
 */
public record Projection(List<Integer> wanted, List<Integer> fetched, List<Integer> key) {

    /** All columns, in table order. */
    public static Projection all(TableDefinition table) {
        return of(table, IntStream.range(0, table.columns().size()).boxed().toList());
    }

    /** Some columns, in this order. */
    public static Projection of(TableDefinition table, List<Integer> wanted) {
        List<Integer> fetched = new ArrayList<>(wanted);
        List<Integer> key = new ArrayList<>(table.keySize());
        for (int i = 0; i < table.keySize(); i++) {
            int column = table.keyIndex(i);
            if (!fetched.contains(column)) {
                fetched.add(column);
            }
            key.add(fetched.indexOf(column));
        }
        return new Projection(List.copyOf(wanted), List.copyOf(fetched), List.copyOf(key));
    }

    /** The primary key of a fetched row. */
    public Row keyOf(Row fetchedRow) {
        List<Value> values = new ArrayList<>(key.size());
        for (int index : key) {
            values.add(fetchedRow.get(index));
        }
        return new Row(values);
    }

    /** The fetched columns of a row that has all columns of its table. */
    public Row of(Row whole) {
        return new Row(fetched.stream().map(whole::get).toList());
    }

    /** Whether all columns are fetched in table order, which needs no list on the wire. */
    public boolean whole(TableDefinition table) {
        if (fetched.size() != table.columns().size()) {
            return false;
        }
        for (int i = 0; i < fetched.size(); i++) {
            if (fetched.get(i) != i) {
                return false;
            }
        }
        return true;
    }
}
