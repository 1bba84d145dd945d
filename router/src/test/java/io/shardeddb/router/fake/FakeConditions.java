package io.shardeddb.router.fake;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ConditionalChange;
import io.shardeddb.protocol.change.StoredRow;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnType;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.FailedOperation;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.ShownRow;
import io.shardeddb.protocol.wire.ToldNumbers;
import io.shardeddb.protocol.wire.WriteReply;
import io.shardeddb.protocol.wire.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Runs writes that depend on what is there, over the fake's rows, by the rules of the real servers. */
final class FakeConditions {

    private final TableDefinition table;
    private final NavigableMap<Row, Row> rows;
    private final Map<Row, Long> versions;

    FakeConditions(TableDefinition table, NavigableMap<Row, Row> rows, Map<Row, Long> versions) {
        this.table = table;
        this.rows = rows;
        this.versions = versions;
    }

    /** @throws DatabaseException with the operation that failed, where they stand or fall together */
    void run(WriteRequest request, long timestamp, WriteReply.Builder reply) {
        boolean alone = request.getEachAlone();
        reply.setTimestampStep(alone ? 1 : 0);
        for (int i = 0; i < request.getConditionalOperationsCount(); i++) {
            RowOperation operation = request.getConditionalOperations(i);
            Row key = key(operation);
            StoredRow before = stored(key);
            int affected = 0;
            try {
                affected = run(operation, key, before, alone ? timestamp + i : timestamp);
            } catch (DatabaseException e) {
                DatabaseException numbered = e.with("operation", Integer.toString(i));
                if (!alone) {
                    throw numbered;
                }
                reply.addFailed(FailedOperation.newBuilder().setOperation(i).setError(numbered.toWire()));
            }
            reply.addAffected(affected);
            if (request.getRowsWanted() == RowsWanted.ROWS_WANTED_NUMBERS) {
                reply.addTold(told(before, stored(key)));
            } else if (request.getRowsWanted() != RowsWanted.ROWS_WANTED_NONE) {
                reply.addShown(shown(request.getRowsWanted() == RowsWanted.ROWS_WANTED_BEFORE ? before : stored(key)));
            }
        }
    }

    private Row key(RowOperation operation) {
        return operation.getKey().isEmpty()
                ? table.keyOf(
                        RowCodec.decode(operation.getRow(), table.columns().size()))
                : RowCodec.decode(operation.getKey(), table.keySize());
    }

    private @Nullable StoredRow stored(Row key) {
        Row row = rows.get(key);
        return row == null ? null : new StoredRow(row, versions.getOrDefault(key, 0L));
    }

    private int run(RowOperation operation, Row key, @Nullable StoredRow before, long version) {
        boolean whole = operation.getKind() != OperationKind.UPDATE && operation.getKind() != OperationKind.DELETE;
        Row row = operation.getKind() == OperationKind.DELETE
                ? Row.of()
                : RowCodec.decode(operation.getRow(), whole ? table.columns().size() : operation.getColumnsCount());
        ConditionalChange change = new ConditionalChange(
                table,
                operation.getKind(),
                row,
                operation.getColumnsList(),
                operation.getComputationsList().stream()
                        .map(ChangeCodec::ofWire)
                        .toList(),
                operation.getConditionsList().stream().map(ChangeCodec::ofWire).toList(),
                operation.getMustExist());
        change.check();
        return switch (change.on(before)) {
            case ConditionalChange.Effect.Nothing ignored -> 0;
            case ConditionalChange.Effect.Written(Row written) -> {
                rows.put(key, written);
                versions.put(key, version);
                yield 1;
            }
            case ConditionalChange.Effect.Removed ignored -> {
                rows.remove(key);
                yield 1;
            }
            case ConditionalChange.Effect.Failed(ErrorCode code, String reason) ->
                throw new DatabaseException(code, reason);
        };
    }

    private static ShownRow shown(@Nullable StoredRow row) {
        return row == null
                ? ShownRow.getDefaultInstance()
                : ShownRow.newBuilder()
                        .setRow(RowCodec.encode(row.row()))
                        .setVersion(row.version())
                        .build();
    }

    private ToldNumbers told(@Nullable StoredRow before, @Nullable StoredRow after) {
        ToldNumbers.Builder told = ToldNumbers.newBuilder();
        if (before != null) {
            told.setBefore(numbers(before)).setVersionBefore(before.version());
        }
        if (after != null) {
            told.setAfter(numbers(after));
        }
        return told.build();
    }

    private ByteString numbers(StoredRow stored) {
        List<Value> numbers = new ArrayList<>();
        for (int column = 0; column < table.columns().size(); column++) {
            if (table.column(column).type() instanceof ColumnType.IntegerType) {
                numbers.add(stored.row().get(column));
            }
        }
        return RowCodec.encode(numbers);
    }

    /** After a plain write: rows that are not what they were have its version. */
    void written(Map<Row, Row> before, long timestamp) {
        rows.forEach((key, row) -> {
            if (!List.of(row).equals(before.containsKey(key) ? List.of(before.get(key)) : List.of())) {
                versions.put(key, timestamp);
            }
        });
    }
}
