package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.crds.TableSpec;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words of {@code --sort} and {@code --project}, as the object that the endpoints take. */
public final class SortOrder {

    private SortOrder() {}

    /**
     * The order that a word asks for: {@code marks}, {@code -marks}, {@code name,-marks}, or an object.
     *
     * @return names with 1 for rising and -1 for falling
     * @throws CommandFailure USAGE when it is none
     */
    public static ObjectNode sort(String word) {
        if (JsonText.isObject(word)) {
            return JsonText.object(word, "--sort");
        }
        ObjectNode sort = Json.object();
        for (String part : word.split(",", -1)) {
            boolean falling = part.startsWith("-");
            String name = falling ? part.substring(1) : part;
            if (name.isBlank() || sort.has(name)) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--sort is NAME, -NAME for falling, or several with commas; not '" + word + "'");
            }
            sort.put(name, falling ? -1 : 1);
        }
        return sort;
    }

    /**
     * What a word asks to show: {@code name,marks}, {@code -secret} for all others, or an object.
     *
     * @throws CommandFailure USAGE when it is none
     */
    public static ObjectNode projection(String word) {
        if (JsonText.isObject(word)) {
            return JsonText.object(word, "--project");
        }
        ObjectNode projection = Json.object();
        sort(word)
                .properties()
                .forEach(member ->
                        projection.put(member.getKey(), member.getValue().asInt() > 0 ? 1 : 0));
        return projection;
    }

    /**
     * Compares rows.
     *
     * @param sort as {@link #sort} gives it
     * @throws CommandFailure DATA when a column is not there, or has no order
     */
    static Comparator<JsonNode> rows(ObjectNode sort, TableSpec table) {
        @Nullable Comparator<JsonNode> order = null;
        for (Map.Entry<String, JsonNode> member : sort.properties()) {
            String column = member.getKey();
            int direction = member.getValue().asInt();
            if (table.columns().stream().noneMatch(known -> known.name().equals(column))) {
                throw new CommandFailure(
                        ExitCode.DATA, "sort." + column + ": table " + table.name() + " has no such column");
            }
            ValueKind kind = ValueKind.of(table, column);
            if (!kind.ordered() || (direction != 1 && direction != -1)) {
                throw new CommandFailure(
                        ExitCode.DATA,
                        "sort." + column + ": " + (kind.ordered() ? "must be 1 or -1" : "this column has no order"));
            }
            Comparator<JsonNode> next = Comparator.comparing(
                    row -> row.path(column), Comparator.nullsFirst((first, second) -> compare(first, second, kind)));
            next = direction < 0 ? next.reversed() : next;
            order = order == null ? next : order.thenComparing(next);
        }
        return order == null ? (_, _) -> 0 : order;
    }

    private static int compare(JsonNode first, JsonNode second, ValueKind kind) {
        boolean none = first.isNull() || first.isMissingNode();
        boolean other = second.isNull() || second.isMissingNode();
        return (none || other) ? Boolean.compare(other, none) : kind.compare(first, second);
    }
}
