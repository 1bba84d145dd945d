package io.shardeddb.router.http.v1;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.router.json.RowInput;
import io.shardeddb.router.route.Continuation;
import io.shardeddb.router.route.KeyRange;
import io.shardeddb.router.route.Projection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of a range read.
 *
 * @param limit greatest number of rows, 0 for none
 */
record RangeQuery(KeyRange range, Projection projection, int limit) {

    private static final Set<String> KNOWN =
            Set.of("from", "to", "limit", "columns", "continuation", "descending", "key");

    /**
     * Reads the query.
     *
     * @throws DatabaseException of kind INVALID, with the field
     */
    static RangeQuery parse(TableDefinition table, Map<String, List<String>> parameters) {
        for (String name : parameters.keySet()) {
            if (!KNOWN.contains(name)) {
                throw wrong(name, "one of " + KNOWN.stream().sorted().toList() + " as the parameter's name", name);
            }
        }
        String continuation = first(parameters, "continuation");
        KeyRange range = new KeyRange(
                bound(table, parameters, "from"), false, bound(table, parameters, "to"), false, descending(parameters));
        return new RangeQuery(
                continuation == null ? range : range.after(Continuation.parse(continuation, table)),
                projection(table, parameters.getOrDefault("columns", List.of())),
                limit(parameters));
    }

    private static @Nullable String first(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? null : values.getFirst();
    }

    private static @Nullable Row bound(TableDefinition table, Map<String, List<String>> parameters, String field) {
        List<String> texts = parameters.getOrDefault(field, List.of());
        if (texts.isEmpty()) {
            return null;
        }
        try {
            return KeyText.prefix(table, field, texts);
        } catch (DatabaseException e) {
            throw e.with("field", field);
        }
    }

    private static boolean descending(Map<String, List<String>> parameters) {
        String text = first(parameters, "descending");
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw wrong("descending", "true or false", text);
    }

    private static int limit(Map<String, List<String>> parameters) {
        String text = first(parameters, "limit");
        if (text == null) {
            return 0;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit > 0) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw wrong("limit", "a number from 1", text);
        }
        throw wrong("limit", "a number from 1", text);
    }

    /** The columns wanted; all when none are named. */
    static Projection projection(TableDefinition table, List<String> texts) {
        if (texts.isEmpty()) {
            return Projection.all(table);
        }
        List<Integer> columns = new ArrayList<>();
        for (String text : texts) {
            for (String name : text.split(",", -1)) {
                int column = table.indexOf(name.strip());
                if (column < 0) {
                    throw RowInput.unknownColumn(name.strip(), table);
                }
                if (columns.contains(column)) {
                    throw wrong("columns", "a list without repetitions", text);
                }
                columns.add(column);
            }
        }
        return Projection.of(table, columns);
    }

    private static DatabaseException wrong(String field, String allowed, String given) {
        return new DatabaseException(
                ErrorCode.MALFORMED_REQUEST,
                "'" + field + "' must be " + allowed + ", not '" + given + "'",
                Map.of("field", field));
    }
}
