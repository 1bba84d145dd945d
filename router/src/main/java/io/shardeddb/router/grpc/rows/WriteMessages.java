package io.shardeddb.router.grpc.rows;

import com.google.protobuf.CodedOutputStream;
import io.shardeddb.protocol.change.Comparison;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.keyspace.Hash64;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.protocol.wire.api.v1.Add;
import io.shardeddb.protocol.wire.api.v1.ColumnCondition;
import io.shardeddb.protocol.wire.api.v1.Computation;
import io.shardeddb.protocol.wire.api.v1.Condition;
import io.shardeddb.protocol.wire.api.v1.JsonPut;
import io.shardeddb.protocol.wire.api.v1.Operation;
import io.shardeddb.protocol.wire.api.v1.Path;
import io.shardeddb.protocol.wire.api.v1.Row;
import io.shardeddb.protocol.wire.api.v1.Sign;
import io.shardeddb.protocol.wire.api.v1.Step;
import io.shardeddb.protocol.wire.api.v1.WriteRequest;
import io.shardeddb.router.change.RowChanges;
import io.shardeddb.router.grpc.GivenOptions;
import io.shardeddb.router.json.ConditionInput;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes as messages: what they ask for, checked as the HTTP API checks it. Pure. */
final class WriteMessages {

    private WriteMessages() {}

    /** Hashes what was sent, by which a repeat under the same id is known; never 0. */
    static long content(WriteRequest request) {
        WriteRequest without = request.toBuilder().clearOptions().build();
        byte[] bytes = new byte[without.getSerializedSize()];
        CodedOutputStream output = CodedOutputStream.newInstance(bytes);
        // The members of maps come in any order, and are sorted so.
        output.useDeterministicSerialization();
        try {
            without.writeTo(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Hash64.of(bytes) | 1;
    }

    /**
     * The operations that a request asks for. @throws DatabaseException of kind INVALID, with the operation's number
     */
    static WritePlan plan(Topology topology, WriteRequest request) {
        if (request.getOperationsCount() == 0) {
            throw GivenOptions.wrong("operations", "at least one operation");
        }
        RowChanges changes = new RowChanges(topology, null);
        for (int i = 0; i < request.getOperationsCount(); i++) {
            try {
                add(changes, request.getOperations(i));
            } catch (DatabaseException e) {
                throw e.details().containsKey("row") ? e : e.with("row", Integer.toString(i));
            }
        }
        WritePlan plan = changes.plan();
        switch (request.getEach()) {
            case EACH_UNSPECIFIED, EACH_TOGETHER -> {}
            case EACH_ALONE -> plan.eachAlone();
            case UNRECOGNIZED -> throw GivenOptions.wrong("each", "EACH_TOGETHER or EACH_ALONE");
        }
        plan.show(
                switch (request.getShown()) {
                    case SHOWN_UNSPECIFIED -> RowsWanted.ROWS_WANTED_NONE;
                    case SHOWN_BEFORE -> RowsWanted.ROWS_WANTED_BEFORE;
                    case SHOWN_AFTER -> RowsWanted.ROWS_WANTED_AFTER;
                    case UNRECOGNIZED -> throw GivenOptions.wrong("shown", "SHOWN_BEFORE or SHOWN_AFTER");
                });
        return plan;
    }

    private static void add(RowChanges changes, Operation operation) {
        OperationKind kind;
        Row row;
        switch (operation.getKindCase()) {
            case INSERT -> {
                kind = OperationKind.INSERT;
                row = operation.getInsert();
            }
            case INSERT_IF_ABSENT -> {
                kind = OperationKind.INSERT_IF_ABSENT;
                row = operation.getInsertIfAbsent();
            }
            case UPSERT -> {
                kind = OperationKind.UPSERT;
                row = operation.getUpsert();
            }
            case UPDATE -> {
                kind = OperationKind.UPDATE;
                row = operation.getUpdate();
            }
            case DELETE -> {
                kind = OperationKind.DELETE;
                row = operation.getDelete();
            }
            default ->
                throw GivenOptions.wrong("operations", "insert, insert_if_absent, upsert, update or delete, each");
        }
        changes.enter(operation.getTable());
        TableDefinition table = changes.table();
        List<Precondition> conditions = operation.getConditionsCount() == 0
                ? List.of()
                : operation.getConditionsList().stream()
                        .flatMap(each -> ConditionInput.conditions(condition(each, table), table).stream())
                        .toList();
        List<ComputedColumn> computed = operation.getSetCount() == 0
                ? List.of()
                : ConditionInput.computed(computations(operation.getSetMap(), table), table);
        changes.add(kind, ValueMessages.row(row, table), null, false, conditions, computed);
    }

    /** As "if" has it. */
    private static Map<String, Object> condition(Condition condition, TableDefinition table) {
        return switch (condition.getKindCase()) {
            case ABSENT -> Map.of("absent", condition.getAbsent());
            case PRESENT -> Map.of("present", condition.getPresent());
            case VERSION -> Map.of("version", Long.toString(condition.getVersion()));
            case COLUMN -> Map.of("columns", comparison(condition.getColumn(), table));
            case KIND_NOT_SET -> throw GivenOptions.wrong("conditions", "absent, present, version or column, each");
        };
    }

    private static Map<String, Object> comparison(ColumnCondition condition, TableDefinition table) {
        Map<String, @Nullable Object> bySign = new LinkedHashMap<>();
        bySign.put(
                sign(condition.getSign()).sign(),
                ValueMessages.input(condition.getValue(), column(condition.getColumn(), table)));
        return Map.of(condition.getColumn(), bySign);
    }

    private static Comparison sign(Sign sign) {
        return switch (sign) {
            case SIGN_EQUAL -> Comparison.EQUAL;
            case SIGN_NOT_EQUAL -> Comparison.NOT_EQUAL;
            case SIGN_LESS -> Comparison.LESS;
            case SIGN_LESS_OR_EQUAL -> Comparison.LESS_OR_EQUAL;
            case SIGN_GREATER -> Comparison.GREATER;
            case SIGN_GREATER_OR_EQUAL -> Comparison.GREATER_OR_EQUAL;
            case SIGN_UNSPECIFIED, UNRECOGNIZED ->
                throw GivenOptions.wrong("sign", "one of the signs from SIGN_EQUAL on");
        };
    }

    /** As "set" has it. */
    private static Map<String, Object> computations(Map<String, Computation> given, TableDefinition table) {
        Map<String, Object> computations = new LinkedHashMap<>();
        given.forEach((name, each) -> {
            ColumnDefinition column = column(name, table);
            computations.put(
                    name,
                    switch (each.getKindCase()) {
                        case ADD -> sum(each.getAdd(), column);
                        case JSON_PUT -> change("put", each.getJsonPut(), column);
                        case JSON_APPEND -> change("append", each.getJsonAppend(), column);
                        case JSON_UNSET -> Map.of("unset", path(each.getJsonUnset()));
                        case KIND_NOT_SET ->
                            throw GivenOptions.wrong("set", "add, json_put, json_append or json_unset, each");
                    });
        });
        return computations;
    }

    private static Map<String, @Nullable Object> sum(Add add, ColumnDefinition column) {
        Map<String, @Nullable Object> sum = new LinkedHashMap<>();
        sum.put("add", ValueMessages.input(add.getBy(), column));
        if (add.hasMin()) {
            sum.put("min", ValueMessages.input(add.getMin(), column));
        }
        if (add.hasMax()) {
            sum.put("max", ValueMessages.input(add.getMax(), column));
        }
        return sum;
    }

    private static Map<String, @Nullable Object> change(String what, JsonPut put, ColumnDefinition column) {
        Map<String, @Nullable Object> change = new LinkedHashMap<>();
        change.put(what, ValueMessages.json(put.getJson(), column));
        change.put("at", path(put.getAt()));
        return change;
    }

    private static List<Object> path(Path path) {
        List<Object> steps = new ArrayList<>();
        for (Step step : path.getStepsList()) {
            steps.add(
                    switch (step.getKindCase()) {
                        case MEMBER -> step.getMember();
                        case ELEMENT -> Integer.toUnsignedLong(step.getElement());
                        case KIND_NOT_SET -> throw GivenOptions.wrong("steps", "a member or an element, each");
                    });
        }
        return steps;
    }

    private static ColumnDefinition column(String name, TableDefinition table) {
        ColumnDefinition column = table.column(name);
        if (column == null) {
            throw RowInput.unknownColumn(name, table);
        }
        return column;
    }

    /** The error for a request without a table, or with one that is not there. */
    static TableDefinition table(Topology topology, String name) {
        if (name.isEmpty()) {
            throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "'table' is missing", Map.of("field", "table"));
        }
        return topology.schema().table(name);
    }
}
