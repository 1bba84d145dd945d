package io.shardeddb.server.store.request;

import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.ConditionalChange;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.server.store.state.StoredTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One operation, decoded and checked.
 *
 * @param kind what to do
 * @param table on which table
 * @param row the whole row; for UPDATE the values of {@code columns}; empty for DELETE
 * @param key the whole primary key
 * @param columns UPDATE: table indexes of the columns to set
 * @param mustExist whether a missing row fails the request
 * @param timestamp of the write, kept in the row
 * @param conditions that must hold for the row
 * @param computed columns that get a value made of what they hold
 */
public record RowChange(
        OperationKind kind,
        StoredTable table,
        Row row,
        Row key,
        List<Integer> columns,
        boolean mustExist,
        long timestamp,
        List<Precondition> conditions,
        List<ComputedColumn> computed) {

    /** Its effect on a row. */
    public ConditionalChange.Effect on(@Nullable StoredRow present) {
        return conditional().on(present);
    }

    /** Columns whose values it looks at, in table order. */
    Set<Integer> reads() {
        Set<Integer> reads = new TreeSet<>();
        for (Precondition condition : conditions) {
            if (condition instanceof Precondition.Column compared) {
                reads.add(compared.column());
            }
        }
        computed.forEach(each -> reads.add(each.column()));
        return reads;
    }

    /** Whether it gives a row all its values, whatever is there. */
    boolean givesWholeRow() {
        return kind != OperationKind.UPDATE && kind != OperationKind.DELETE && computed.isEmpty();
    }

    /** Whether the row that it leaves is made of one that was there. */
    boolean buildsOnRow() {
        return kind != OperationKind.DELETE && !givesWholeRow();
    }

    /** Columns that it sets where a row is there. */
    Set<Integer> sets() {
        Set<Integer> sets = new TreeSet<>(columns);
        computed.forEach(each -> sets.add(each.column()));
        return sets;
    }

    /** Refuses conditions and computations that fit no row of the table. */
    void check() {
        if (!conditions.isEmpty() || !computed.isEmpty()) {
            conditional().check();
        }
    }

    private ConditionalChange conditional() {
        return new ConditionalChange(table.definition(), kind, row, columns, computed, conditions, mustExist);
    }

    /** What operations have in common that one statement can carry out together. */
    public record Shape(OperationKind kind, StoredTable table, List<Integer> columns) {}

    public Shape shape() {
        OperationKind group = kind == OperationKind.INSERT_IF_ABSENT ? OperationKind.INSERT : kind;
        return new Shape(group, table, columns);
    }
}
