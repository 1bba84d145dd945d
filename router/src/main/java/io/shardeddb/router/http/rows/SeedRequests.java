package io.shardeddb.router.http.rows;

import com.fasterxml.jackson.core.JsonToken;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.Coercion;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies of the assignment's requests, with the variants that its clients send, as plans. Pure. */
final class SeedRequests {

    private SeedRequests() {}

    /** {@code {"data":[{row},...]}}, or one bare row. */
    static WritePlan write(Topology topology, byte[] body) {
        TableDefinition table = SeedTable.of(topology);
        return JsonInput.read(body, input -> {
            input.expect(JsonToken.START_OBJECT, "an object with \"data\"");
            WritePlan plan = new WritePlan(table.name());
            Map<String, @Nullable Object> others = new LinkedHashMap<>();
            boolean data = false;
            for (String name = input.nextMember(); name != null; name = input.nextMember()) {
                if (name.equals("data") && !data) {
                    data = true;
                    rows(input, topology, table, plan);
                } else {
                    others.put(name, input.nextValue());
                }
            }
            if (!data) {
                if (others.keySet().stream().noneMatch(name -> isColumn(table, name))) {
                    throw missing("data");
                }
                add(topology, table, plan, RowInput.of(others, table, CoercionMode.SEED));
            }
            return plan;
        });
    }

    private static void rows(JsonInput input, Topology topology, TableDefinition table, WritePlan plan)
            throws IOException {
        input.expect(JsonToken.START_ARRAY, "\"data\" as an array of rows");
        while (input.nextElement()) {
            if (input.current() != JsonToken.START_OBJECT) {
                throw input.unexpected("a row as an object");
            }
            try {
                add(topology, table, plan, RowInput.read(input, table, CoercionMode.SEED));
            } catch (DatabaseException e) {
                throw e.details().containsKey("line") ? e : e.with("row", Integer.toString(plan.size()));
            }
        }
    }

    private static void add(Topology topology, TableDefinition table, WritePlan plan, RowInput given) {
        Row row = given.whole();
        plan.add(
                topology.shardAt(topology.schema().position(table, row), table),
                RowOperation.newBuilder()
                        .setKind(OperationKind.INSERT_IF_ABSENT)
                        .setRow(RowCodec.encode(row))
                        .build());
    }

    private static boolean isColumn(TableDefinition table, String name) {
        return table.columns().stream().anyMatch(column -> column.name().equalsIgnoreCase(name));
    }

    /**
     * A change of one row.
     *
     * @param key as it is stored, for the answer
     */
    record RowChange(String key, WritePlan plan) {}

    /** {@code {"Stud_id":2255,"data":{row}}}. */
    static RowChange update(Topology topology, byte[] body) {
        TableDefinition table = SeedTable.of(topology);
        Map<?, ?> members = object(body);
        Row key = key(table, members);
        if (!(members.get("data") instanceof Map<?, ?> data)) {
            throw missing("data");
        }
        RowInput given = RowInput.of(data, table, CoercionMode.SEED);
        given.keepsKey(key);
        List<Integer> changes = given.changes();
        if (changes.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "\"data\" names no column to change", Map.of("field", "data"));
        }
        List<Value> values =
                changes.stream().map(column -> value(given, column)).toList();
        return change(
                topology,
                table,
                key,
                RowOperation.newBuilder()
                        .setKind(OperationKind.UPDATE)
                        .setKey(RowCodec.encode(key))
                        .setRow(RowCodec.encode(values))
                        .addAllColumns(changes)
                        .setMustExist(true)
                        .build());
    }

    private static Value value(RowInput given, int column) {
        Value value = given.get(column);
        return value == null ? Value.NULL : value;
    }

    /** {@code {"Stud_id":2255}}. */
    static RowChange delete(Topology topology, byte[] body) {
        TableDefinition table = SeedTable.of(topology);
        Row key = key(table, object(body));
        return change(
                topology,
                table,
                key,
                RowOperation.newBuilder()
                        .setKind(OperationKind.DELETE)
                        .setKey(RowCodec.encode(key))
                        .setMustExist(true)
                        .build());
    }

    private static RowChange change(Topology topology, TableDefinition table, Row key, RowOperation operation) {
        WritePlan plan = new WritePlan(table.name());
        plan.add(topology.shardOf(table, key), operation);
        String text = switch (key.get(0)) {
            case Value.Int64(long number) -> Long.toString(number);
            case Value.Unsigned64(long bits) -> Long.toUnsignedString(bits);
            case Value.Text(String value) -> value;
            default -> String.valueOf(key.get(0));
        };
        return new RowChange(text, plan);
    }

    /** {@code {"Stud_id":{"low":1000,"high":8889}}} or {@code {"low":1000,"high":8889}}, both ends included. */
    static KeyRange range(Topology topology, byte[] body) {
        TableDefinition table = SeedTable.of(topology);
        Map<?, ?> members = object(body);
        Object bounds = member(members, table.keyColumn(0).name());
        if (bounds == null) {
            bounds = members;
        }
        if (!(bounds instanceof Map<?, ?> range)) {
            // A single key is a range of one.
            Row key = key(table, members);
            return KeyRange.between(key, key);
        }
        return KeyRange.between(bound(table, range, "low"), bound(table, range, "high"));
    }

    private static Row bound(TableDefinition table, Map<?, ?> range, String name) {
        Object given = range.get(name);
        if (given == null) {
            throw missing(name);
        }
        return Row.of(coerce(table, given, name));
    }

    private static Row key(TableDefinition table, Map<?, ?> members) {
        String column = table.keyColumn(0).name();
        Object given = member(members, column);
        if (given == null) {
            throw new DatabaseException(
                    ErrorCode.MISSING_KEY, "\"" + column + "\" is missing", Map.of("column", column));
        }
        return Row.of(coerce(table, given, column));
    }

    private static Value coerce(TableDefinition table, Object given, String field) {
        if (table.keySize() != 1) {
            throw new DatabaseException(
                    ErrorCode.UNKNOWN_TABLE,
                    "this interface needs a table with one key column; use /v1/tables/" + table.name());
        }
        try {
            return Coercion.coerce(given, table.keyColumn(0), true, CoercionMode.SEED);
        } catch (DatabaseException e) {
            throw e.with("field", field);
        }
    }

    /** The key's member, in any case, and under the assignment's name whatever the column is called. */
    private static @Nullable Object member(Map<?, ?> members, String column) {
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (column.equalsIgnoreCase((String) member.getKey())) {
                return member.getValue();
            }
        }
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if ("Stud_id".equalsIgnoreCase((String) member.getKey())) {
                return member.getValue();
            }
        }
        return null;
    }

    private static Map<?, ?> object(byte[] body) {
        Object value = JsonInput.<@Nullable Object>read(body, JsonInput::nextValue);
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        throw new DatabaseException(ErrorCode.MALFORMED_REQUEST, "the body must be a JSON object");
    }

    private static DatabaseException missing(String field) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST, "\"" + field + "\" is missing", Map.of("field", field));
    }
}
