package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.crds.TableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds rows of a table. It keeps none, unless they must be sorted by other columns than the key's.
 *
 * @param table whose rows they are
 * @param filter which rows
 * @param sort as {@link SortOrder#sort} gives it; empty: key order
 * @param projection as {@link SortOrder#projection} gives it; empty: all columns
 * @param skip so many rows are passed over
 * @param limit at most so many are given
 */
public record RowFind(
        TableSpec table, RowFilter filter, ObjectNode sort, ObjectNode projection, long skip, long limit) {

    /** So many rows are sorted in memory. */
    public static final int SORTED_MAX = 100_000;

    /**
     * Checks the names before anything is read.
     *
     * @throws CommandFailure DATA when a column is not there, USAGE when too much would have to be sorted
     */
    public RowFind {
        SortOrder.rows(sort, table);
        for (String name : names(projection)) {
            if (table.columns().stream().noneMatch(column -> column.name().equals(name))) {
                throw new CommandFailure(
                        ExitCode.DATA, "projection." + name + ": table " + table.name() + " has no such column");
            }
        }
    }

    /** Finds, and gives each row to the sink until that wants no more. */
    public void run(Rows rows, Predicate<JsonNode> sink) throws InterruptedException {
        Predicate<JsonNode> shown = row -> sink.test(projected(row));
        if (filter.key().isPresent()) {
            JsonNode row = rows.get(filter.key().get()).orElse(null);
            if (row != null && filter.matches(row) && skip == 0 && limit > 0) {
                boolean _ = shown.test(row);
            }
        } else if (keyOrder()) {
            inKeyOrder(rows, shown);
        } else {
            sorted(rows, shown);
        }
    }

    /** Which part runs where, in lines for a person. */
    public List<String> explained() {
        List<String> lines = new ArrayList<>(filter.explained());
        if (!sort.isEmpty() && filter.key().isEmpty()) {
            lines.add(
                    keyOrder()
                            ? "router: the order"
                            : "here: the order, over at most " + SORTED_MAX + " rows in memory");
        }
        return lines;
    }

    /** Whether the order that is asked for is the key's, or its reverse. */
    private boolean keyOrder() {
        return sort.isEmpty()
                || (sort.size() == 1
                        && table.primaryKey().equals(List.of(sort.fieldNames().next()))
                        && ValueKind.isWhole(table, table.primaryKey().getFirst()));
    }

    private void inKeyOrder(Rows rows, Predicate<JsonNode> sink) throws InterruptedException {
        long[] counts = new long[2];
        if (limit == 0) {
            return;
        }
        boolean falling = !sort.isEmpty() && sort.elements().next().asInt() < 0;
        rows.range(filter.range(columns(), falling), Long.MAX_VALUE, row -> {
            if (!filter.matches(row) || counts[0]++ < skip) {
                return true;
            }
            return sink.test(row) && ++counts[1] < limit;
        });
    }

    private void sorted(Rows rows, Predicate<JsonNode> sink) throws InterruptedException {
        Comparator<JsonNode> order = SortOrder.rows(sort, table);
        long wanted = limit > SORTED_MAX - skip ? SORTED_MAX + 1L : skip + limit;
        // The last of those that are wanted is on top, so that a better one can take its place.
        PriorityQueue<Numbered> best = new PriorityQueue<>(Comparator.comparing(Numbered::row, order)
                .thenComparingLong(Numbered::number)
                .reversed());
        long[] number = new long[1];
        rows.range(filter.range(columns(), false), Long.MAX_VALUE, row -> {
            if (filter.matches(row)) {
                best.add(new Numbered(row, number[0]++));
                if (best.size() > wanted) {
                    best.remove();
                }
            }
            if (best.size() > SORTED_MAX) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "more than " + SORTED_MAX + " rows would have to be sorted in memory; give --limit, or sort by"
                                + " the key");
            }
            return true;
        });
        List<Numbered> ordered = new ArrayList<>(best);
        ordered.sort(Comparator.comparing(Numbered::row, order).thenComparingLong(Numbered::number));
        boolean more = limit > 0;
        for (long i = skip; i < ordered.size() && more; i++) {
            more = sink.test(ordered.get((int) i).row()) && i - skip + 1 < limit;
        }
    }

    private record Numbered(JsonNode row, long number) {}

    /** The columns that the router is asked for; empty: all. */
    private List<String> columns() {
        if (projection.isEmpty() || excludes()) {
            return List.of();
        }
        Set<String> needed = new LinkedHashSet<>(names(projection));
        needed.addAll(filter.columns());
        needed.addAll(names(sort));
        return List.copyOf(needed);
    }

    private boolean excludes() {
        return projection.elements().next().asInt() == 0;
    }

    private JsonNode projected(JsonNode row) {
        if (projection.isEmpty()) {
            return row;
        }
        ObjectNode shown = Json.object();
        if (excludes()) {
            shown.setAll((ObjectNode) row);
            shown.remove(names(projection));
        } else {
            names(projection).forEach(name -> shown.set(name, row.path(name)));
        }
        return shown;
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
