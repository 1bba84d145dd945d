package io.shardeddb.router.fake;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.RowOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * Runs plain operations over a fake shard's rows.
 *
 * @param rows by their keys
 */
record FakeChanges(TableDefinition table, NavigableMap<Row, Row> rows) {

    /** Runs one; returns how many rows it met. */
    int run(RowOperation operation) {
        return switch (operation.getKind()) {
            case INSERT -> insert(operation, true);
            case INSERT_IF_ABSENT -> insert(operation, false);
            case UPSERT -> {
                Row row = RowCodec.decode(operation.getRow(), table.columns().size());
                yield rows.put(table.keyOf(row), row) == null ? 1 : 2;
            }
            case UPDATE -> update(operation);
            case DELETE -> {
                Row key = RowCodec.decode(operation.getKey(), table.keySize());
                yield found(operation, rows.remove(key) != null);
            }
            default -> throw new IllegalArgumentException(operation.toString());
        };
    }

    private int insert(RowOperation operation, boolean strict) {
        Row row = RowCodec.decode(operation.getRow(), table.columns().size());
        boolean absent = rows.putIfAbsent(table.keyOf(row), row) == null;
        if (!absent && strict) {
            throw new DatabaseException(ErrorCode.DUPLICATE_KEY, "a row with this key exists");
        }
        return absent ? 1 : 0;
    }

    private int update(RowOperation operation) {
        Row key = RowCodec.decode(operation.getKey(), table.keySize());
        Row old = rows.get(key);
        if (old != null) {
            List<Value> values = new ArrayList<>(old.values());
            Row changes = RowCodec.decode(operation.getRow(), operation.getColumnsCount());
            for (int i = 0; i < changes.size(); i++) {
                values.set(operation.getColumns(i), changes.get(i));
            }
            rows.put(key, new Row(values));
        }
        return found(operation, old != null);
    }

    private static int found(RowOperation operation, boolean found) {
        if (!found && operation.getMustExist()) {
            throw new DatabaseException(ErrorCode.ROW_NOT_FOUND, "there is no row with this key");
        }
        return found ? 1 : 0;
    }
}
