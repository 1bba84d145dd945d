package io.shardeddb.router.http.v1;

import com.fasterxml.jackson.core.JsonToken;
import io.shardeddb.protocol.change.ComputedColumn;
import io.shardeddb.protocol.change.Precondition;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.CoercionMode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.wire.OperationKind;
import io.shardeddb.protocol.wire.RowsWanted;
import io.shardeddb.router.change.RowChanges;
import io.shardeddb.router.json.ConditionInput;
import io.shardeddb.router.json.JsonInput;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.WritePlan;
import io.shardeddb.router.topology.Topology;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies of our own interface as plans: strict types. Pure. */
final class TableRequests {

    private final boolean overTables;
    private final RowChanges changes;

    /** @param table that all operations are on; absent: each operation names its own */
    private TableRequests(Topology topology, @Nullable String table) {
        overTables = table == null;
        changes = new RowChanges(topology, table);
    }

    private TableDefinition table() {
        return changes.table();
    }

    private WritePlan plan() {
        return changes.plan();
    }

    private void add(OperationKind kind, RowInput row, @Nullable Row key, List<Precondition> conditions) {
        changes.add(kind, row, key, true, conditions, List.of());
    }

    /** A body that is one row, or an array of rows, all for the same kind of operation. */
    static WritePlan rows(Topology topology, String table, OperationKind kind, byte[] body) {
        TableRequests requests = new TableRequests(topology, table);
        return JsonInput.read(body, input -> {
            if (input.next() == JsonToken.START_OBJECT) {
                requests.add(kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), null, List.of());
                return requests.plan();
            }
            if (input.current() != JsonToken.START_ARRAY) {
                throw input.unexpected("a row as an object, or an array of rows,");
            }
            requests.each(
                    input,
                    () -> requests.add(
                            kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), null, List.of()));
            return requests.plan();
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
        return JsonInput.read(body, input -> {
            input.expect(JsonToken.START_OBJECT, "a row as an object");
            requests.add(kind, RowInput.read(input, requests.table(), CoercionMode.STRICT), key, conditions);
            return requests.plan();
        });
    }

    /**
     * The removal of one row, which must be there.
     *
     * @param conditions that must hold for the row
     */
    static WritePlan delete(Topology topology, String table, Row key, List<Precondition> conditions) {
        TableRequests requests = new TableRequests(topology, table);
        requests.changes.addDelete(key, true, conditions);
        return requests.plan();
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
            return requests.plan();
        });
    }

    private void each(@Nullable Object given) {
        if ("alone".equals(given)) {
            plan().eachAlone();
        } else if (!"together".equals(given)) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "\"each\" is \"alone\" or \"together\", not '" + given + "'",
                    Map.of("field", "each"));
        }
    }

    private void shown(@Nullable Object given) {
        plan().show(
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
            changes.enter(named);
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
        List<Precondition> conditions = List.of();
        List<ComputedColumn> computed = List.of();
        for (String more = input.nextMember(); more != null; more = input.nextMember()) {
            switch (more) {
                case "if" -> conditions = ConditionInput.conditions(input.nextValue(), table());
                case "set" -> computed = ConditionInput.computed(input.nextValue(), table());
                default -> throw input.unexpected("one operation in each object, and \"if\" and \"set\"");
            }
        }
        changes.add(kind, row, null, false, conditions, computed);
    }

    @FunctionalInterface
    private interface Element {
        void read() throws IOException;
    }

    /** Reads the elements of an array of objects, saying in each error which one it was. */
    private void each(JsonInput input, Element element) throws IOException {
        while (input.nextElement()) {
            int number = plan().size();
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
}
