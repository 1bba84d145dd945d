package io.shardeddb.router.interactive;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ConditionalChange;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.router.route.WritePlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The operations of one request, to be carried out on rows in memory. Pure. */
final class RowOperations {

    private RowOperations() {}

    /**
     * One operation.
     *
     * @param number its place in the request, from 0
     */
    record Operation(int number, TableDefinition table, Row key, ConditionalChange change) {}

    /**
     * The operations of a plan, in the request's order.
     *
     * @throws DatabaseException when it wants what a transaction does not do
     */
    static List<Operation> of(WritePlan plan) {
        requireAllowed(plan);
        List<Operation> operations = new ArrayList<>(plan.size());
        for (WritePlan.Part part : plan.parts()) {
            for (int i = 0; i < part.operations().size(); i++) {
                TableDefinition table = Objects.requireNonNull(part.tableOf(i));
                operations.add(
                        of(part.numbers().get(i), table, part.operations().get(i)));
            }
        }
        operations.sort(Comparator.comparingInt(Operation::number));
        return operations;
    }

    private static void requireAllowed(WritePlan request) {
        if (request.isEachAlone()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "operations of a transaction do not stand alone",
                    Map.of("field", "each"));
        }
        if (request.rowsWanted() != RowsWanted.ROWS_WANTED_NONE) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a write in a transaction returns no rows; read them in the transaction",
                    Map.of("field", "return"));
        }
    }

    private static Operation of(int number, TableDefinition table, RowOperation wire) {
        boolean whole = !wire.getRow().isEmpty() && wire.getKey().isEmpty();
        Row row = switch (wire.getKind()) {
            case DELETE -> Row.of();
            case UPDATE -> RowCodec.decode(wire.getRow(), wire.getColumnsCount());
            default -> RowCodec.decode(wire.getRow(), table.columns().size());
        };
        Row key = whole ? table.keyOf(row) : RowCodec.decode(wire.getKey(), table.keySize());
        ConditionalChange change = new ConditionalChange(
                table,
                wire.getKind(),
                row,
                wire.getColumnsList(),
                ChangeCodec.computed(wire),
                ChangeCodec.conditions(wire),
                wire.getMustExist());
        change.check();
        return new Operation(number, table, key, change);
    }
}
