package io.shardeddb.router.change;

import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The operations of a request as a plan, in whatever form they came: no key twice. Pure. */
public final class RowChanges {

    private final Topology topology;
    private final WritePlan plan;
    private @Nullable TableDefinition present;
    private int tableNumber;
    // Most requests have one row: it is looked at only when there are more.
    private @Nullable Placed first;
    private final Map<Placed, Integer> seen = new HashMap<>();

    /** A row of a table, by its key. */
    private record Placed(String table, Row key) {}

    /**
     * No operations yet.
     *
     * @param table that all rows are of; absent: {@link #enter} names the table of the next operations
     * @throws DatabaseException UNKNOWN_TABLE; COLLECTION_TABLE where rows of it are not written
     */
    public RowChanges(Topology topology, @Nullable String table) {
        this.topology = topology;
        present =
                table == null ? null : TableShapes.requireRows(topology.schema().table(table));
        plan = new WritePlan(present);
    }

    /** The next operations are of this table. @throws DatabaseException UNKNOWN_TABLE, COLLECTION_TABLE */
    public void enter(String table) {
        present = TableShapes.requireRows(topology.schema().table(table));
        tableNumber = plan.number(present);
    }

    /** The table of the next operation. */
    public TableDefinition table() {
        return Objects.requireNonNull(present);
    }

    /** What was added so far. */
    public WritePlan plan() {
        return plan;
    }

    /**
     * Adds an operation on a row.
     *
     * @param given the row, or its key and the columns that change
     * @param elsewhere the row's key, where the request names it outside of the row; absent: the row has it
     * @param mustExist whether an update or removal of a row that is not there is refused
     * @param conditions that must hold for the row
     * @param computed columns that are computed from what is there
     * @throws DatabaseException of kind INVALID
     */
    public void add(
            OperationKind kind,
            RowInput given,
            @Nullable Row elsewhere,
            boolean mustExist,
            List<Precondition> conditions,
            List<ComputedColumn> computed) {
        if (!computed.isEmpty() && kind != OperationKind.UPDATE && kind != OperationKind.UPSERT) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "only update and upsert have \"set\"", Map.of("field", "set"));
        }
        switch (kind) {
            case DELETE -> addDelete(given.key(), mustExist, conditions);
            case UPDATE -> {
                Row key = elsewhere == null ? given.key() : elsewhere;
                given.keepsKey(key);
                addUpdate(key, given, mustExist, conditions, computed);
            }
            default -> {
                if (elsewhere != null) {
                    given.fillKey(elsewhere);
                }
                Row row = given.whole();
                place(
                        table().keyOf(row),
                        RowOperation.newBuilder().setKind(kind).setRow(RowCodec.encode(row)),
                        conditions,
                        computed);
            }
        }
    }

    private void addUpdate(
            Row key, RowInput given, boolean mustExist, List<Precondition> conditions, List<ComputedColumn> computed) {
        List<Integer> changes = given.changes();
        if (changes.isEmpty() && computed.isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "no column to change is given");
        }
        List<Value> values = new ArrayList<>(changes.size());
        for (int column : changes) {
            Value value = given.get(column);
            values.add(value == null ? Value.NULL : value);
        }
        place(
                key,
                RowOperation.newBuilder()
                        .setKind(OperationKind.UPDATE)
                        .setKey(RowCodec.encode(key))
                        .setRow(RowCodec.encode(values))
                        .addAllColumns(changes)
                        .setMustExist(mustExist),
                conditions,
                computed);
    }

    /**
     * Adds the removal of a row.
     *
     * @param mustExist whether it is refused where the row is not there
     * @param conditions that must hold for the row
     * @throws DatabaseException DUPLICATE_KEY_IN_REQUEST, TOO_LARGE
     */
    public void addDelete(Row key, boolean mustExist, List<Precondition> conditions) {
        place(
                key,
                RowOperation.newBuilder()
                        .setKind(OperationKind.DELETE)
                        .setKey(RowCodec.encode(key))
                        .setMustExist(mustExist),
                conditions,
                List.of());
    }

    private void refuseRepeated(Placed earliest, Placed key) {
        if (seen.isEmpty()) {
            seen.put(earliest, 0);
        }
        Integer earlier = seen.putIfAbsent(key, plan.size());
        if (earlier != null) {
            throw new DatabaseException(
                    ErrorCode.DUPLICATE_KEY_IN_REQUEST,
                    "rows " + earlier + " and " + plan.size() + " of the request have the same key",
                    Map.of("rows", earlier + "," + plan.size()));
        }
    }

    private void place(
            Row key, RowOperation.Builder operation, List<Precondition> conditions, List<ComputedColumn> computed) {
        TableDefinition table = table();
        Placed placed = new Placed(table.name(), key);
        if (first == null) {
            first = placed;
        } else {
            refuseRepeated(first, placed);
        }
        operation.setTable(tableNumber);
        conditions.forEach(condition -> operation.addConditions(ChangeCodec.toWire(condition)));
        computed.forEach(each -> operation.addComputations(ChangeCodec.toWire(each)));
        plan.add(topology.shardOf(table, key), operation.build());
    }
}
