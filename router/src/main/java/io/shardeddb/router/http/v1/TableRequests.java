package io.shardeddb.router.http.v1;

import com.fasterxml.jackson.core.JsonToken;
import io.shardeddb.protocol.change.ChangeCodec;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.RowCodec;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowOperation;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.router.json.ConditionInput;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bodies of our own interface as plans: strict types, no key twice. Pure. */
final class TableRequests {

    private final Topology topology;
    private final boolean overTables;
    private final WritePlan plan;
    // Of the operation that is read.
    private @Nullable TableDefinition present;
    private int tableNumber;
    // Most requests have one row: it is looked at only when there are more.
    private @Nullable Placed first;
    private List<Precondition> conditions = List.of();
    private List<ComputedColumn> computed = List.of();
    private final Map<Placed, Integer> seen = new HashMap<>();

    /** A row of a table, by its key. */
    private record Placed(String table, Row key) {}

    /** @param table that all rows are of; absent: each operation names its own */
    private TableRequests(Topology topology, @Nullable String table) {
        this.topology = topology;
        overTables = table == null;
        present = table == null ? null : TableShapes.requireRows(topology.schema().table(table));
        plan = new WritePlan(present);
    }

    private TableDefinition table() {
        return Objects.requireNonNull(present);
    }

    /** A body that is one row, or an array of rows, all for the same kind of operation. */
    static WritePlan rows(Topology topology, String table, OperationKind kind, byte[] body) {
        TableRequests requests = new TableRequests(topology, table);
        return JsonInput.read(body, input -> {
            if (input.next() == JsonToken.START_OBJECT) {
                requests.add(kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), null, true);
                return requests.plan;
            }
            if (input.current() != JsonToken.START_ARRAY) {
                throw input.unexpected("a row as an object, or an array of rows,");
            }
            requests.each(
                    input,
                    () -> requests.add(kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), null, true));
            return requests.plan;
        });
    }

    /**
     * A body that is the row of a key, or the columns of it that change.
     *
     * @param conditions that must hold for the row
     */
    static WritePlan row(
            Topology topology, String table, OperationKind kind, Row key, List<Precondition> conditions, byte[] body) {
        TableRequests requests = new TableRequests(topology, table);
        requests.conditions = conditions;
        return JsonInput.read(body, input -> {
            input.expect(JsonToken.START_OBJECT, "a row as an object");
            requests.add(kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), key, true);
            return requests.plan;
        });
    }

    /**
     * The removal of one row, which must be there.
     *
     * @param conditions that must hold for the row
     */
    static WritePlan delete(Topology topology, String table, Row key, List<Precondition> conditions) {
        TableRequests requests = new TableRequests(topology, table);
        requests.conditions = conditions;
        requests.addDelete(key, true);
        return requests.plan;
    }

    /**
     * Several operations, atomic per shard or each for itself: {@code "operations"} is an array of objects with one of
     * insert, insertIfAbsent, upsert, update and delete, and with {@code "if"} and {@code "set"}. {@code "each"} and
     * {@code "return"} say the rest.
     *
     * @param table that all operations are on; absent: each says it first, as {@code "table"}
     */
    static WritePlan batch(Topology topology, @Nullable String table, byte[] body) {
        TableRequests requests = new TableRequests(topology, table);
        return JsonInput.read(body, input -> {
            input.expect(JsonToken.START_OBJECT, "an object with \"operations\"");
            boolean any = false;
            for (String name = input.nextMember(); name != null; name = input.nextMember()) {
                switch (name) {
                    case "operations" -> {
                        if (any) {
                            throw input.unexpected("\"operations\" once");
                        }
                        any = true;
                        input.expect(JsonToken.START_ARRAY, "\"operations\" as an array");
                        requests.each(input, () -> requests.operation(input));
                    }
                    case "each" -> requests.each(input.nextValue());
                    case "return" -> requests.shown(input.nextValue());
                    default ->
                        throw new DatabaseException(
                                ErrorCode.MALFORMED_REQUEST,
                                "a batch has operations, each and return, not '" + name + "'",
                                Map.of("field", name));
                }
            }
            if (!any) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST, "\"operations\" is missing", Map.of("field", "operations"));
            }
            return requests.plan;
        });
    }

    private void each(@Nullable Object given) {
        if ("alone".equals(given)) {
            plan.eachAlone();
        } else if (!"together".equals(given)) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "\"each\" is \"alone\" or \"together\", not '" + given + "'",
                    Map.of("field", "each"));
        }
    }

    private void shown(@Nullable Object given) {
        plan.show(
                switch (String.valueOf(given)) {
                    case "before" -> RowsWanted.ROWS_WANTED_BEFORE;
                    case "after" -> RowsWanted.ROWS_WANTED_AFTER;
                    case "nothing" -> RowsWanted.ROWS_WANTED_NONE;
                    default ->
                        throw new DatabaseException(
                                ErrorCode.MALFORMED_REQUEST,
                                "\"return\" is \"before\", \"after\" or \"nothing\", not '" + given + "'",
                                Map.of("field", "return"));
                });
    }

    /** An operation by its name, and what it depends on. */
    private void operation(JsonInput input) throws IOException {
        String name = input.nextMember();
        if (overTables) {
            if (!"table".equals(name) || !(input.nextValue() instanceof String named)) {
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "each operation begins with \"table\" and a table's name, here with '" + name + "'",
                        Map.of("field", "table"));
            }
            present = TableShapes.requireRows(topology.schema().table(named));
            tableNumber = plan.number(present);
            name = input.nextMember();
        }
        OperationKind kind = switch (name == null ? "" : name.toLowerCase(Locale.ROOT)) {
            case "insert" -> OperationKind.INSERT;
            case "insertifabsent" -> OperationKind.INSERT_IF_ABSENT;
            case "upsert" -> OperationKind.UPSERT;
            case "update" -> OperationKind.UPDATE;
            case "delete" -> OperationKind.DELETE;
            default ->
                throw new DatabaseException(
                        ErrorCode.MALFORMED_REQUEST,
                        "an operation is insert, insertIfAbsent, upsert, update or delete, not '" + name + "'",
                        Map.of("field", "operations"));
        };
        input.expect(JsonToken.START_OBJECT, "a row as an object");
        RowInput row = RowInput.read(input, table(), CoercionMode.STRICT);
        conditions = List.of();
        computed = List.of();
        for (String more = input.nextMember(); more != null; more = input.nextMember()) {
            switch (more) {
                case "if" -> conditions = ConditionInput.conditions(input.nextValue(), table());
                case "set" -> computed = ConditionInput.computed(input.nextValue(), table());
                default -> throw input.unexpected("one operation in each object, and \"if\" and \"set\"");
            }
        }
        if (!computed.isEmpty() && kind != OperationKind.UPDATE && kind != OperationKind.UPSERT) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST, "only update and upsert have \"set\"", Map.of("field", "set"));
        }
        add(kind, row, null, false);
    }

    @FunctionalInterface
    private interface Element {
        void read() throws IOException;
    }

    /** Reads the elements of an array of objects, saying in each error which one it was. */
    private void each(JsonInput input, Element element) throws IOException {
        while (input.nextElement()) {
            int number = plan.size();
            if (input.current() != JsonToken.START_OBJECT) {
                throw input.unexpected("an object");
            }
            try {
                element.read();
            } catch (DatabaseException e) {
                throw e.details().containsKey("row") ? e : e.with("row", Integer.toString(number));
            }
        }
    }

    private void add(OperationKind kind, RowInput given, @Nullable Row keyInPath, boolean mustExist) {
        switch (kind) {
            case DELETE -> addDelete(given.key(), mustExist);
            case UPDATE -> {
                Row key = keyInPath == null ? given.key() : keyInPath;
                given.keepsKey(key);
                addUpdate(key, given, mustExist);
            }
            default -> {
                if (keyInPath != null) {
                    given.fillKey(keyInPath);
                }
                Row row = given.whole();
                place(
                        table().keyOf(row),
                        RowOperation.newBuilder().setKind(kind).setRow(RowCodec.encode(row)));
            }
        }
    }

    private void addUpdate(Row key, RowInput given, boolean mustExist) {
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
                        .setMustExist(mustExist));
    }

    private void addDelete(Row key, boolean mustExist) {
        place(
                key,
                RowOperation.newBuilder()
                        .setKind(OperationKind.DELETE)
                        .setKey(RowCodec.encode(key))
                        .setMustExist(mustExist));
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

    private void place(Row key, RowOperation.Builder operation) {
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
