package io.shardeddb.server.store.request;

import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.server.store.state.StoredTable;
import java.util.List;

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
 */
public record RowChange(
        OperationKind kind,
        StoredTable table,
        Row row,
        Row key,
        List<Integer> columns,
        boolean mustExist,
        long timestamp) {

    /** What operations have in common that one statement can carry out together. */
    public record Shape(OperationKind kind, StoredTable table, List<Integer> columns) {}

    public Shape shape() {
        OperationKind group = kind == OperationKind.INSERT_IF_ABSENT ? OperationKind.INSERT : kind;
        return new Shape(group, table, columns);
    }
}
