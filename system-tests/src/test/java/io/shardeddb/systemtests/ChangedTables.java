package io.shardeddb.systemtests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A database's tables, changed step by step: what was asked for at each step, and which step is known to be in force.
 * Clients ask it which columns a row may have. Thread-safe.
 */
final class ChangedTables {

    /** The table that clients work on. */
    static final String TABLE = "items";

    private final List<Tables> steps = new ArrayList<>();
    private int inForce;

    /**
     * All tables at one step.
     *
     * @param tables columns with their types, by table
     */
    record Tables(Map<String, Map<String, String>> tables) {

        List<String> columns(String table) {
            return List.copyOf(tables.getOrDefault(table, Map.of()).keySet());
        }

        private Map<String, Map<String, String>> copy() {
            Map<String, Map<String, String>> copy = new LinkedHashMap<>();
            tables.forEach((name, columns) -> copy.put(name, new LinkedHashMap<>(columns)));
            return copy;
        }
    }

    /** Kinds of changes. Each is the next step's tables, made of the last one's. */
    enum Change {
        NEW_COLUMN {
            @Override
            void apply(int step, Map<String, Map<String, String>> tables) {
                Objects.requireNonNull(tables.get(TABLE)).put("column" + step, "BIGINT");
            }
        },
        NEW_TABLE {
            @Override
            void apply(int step, Map<String, Map<String, String>> tables) {
                tables.put("table" + step, new LinkedHashMap<>(Map.of("id", "BIGINT")));
            }
        },
        NEW_COLUMNS_AND_TABLE {
            @Override
            void apply(int step, Map<String, Map<String, String>> tables) {
                NEW_TABLE.apply(step, tables);
                NEW_COLUMN.apply(step, tables);
                Objects.requireNonNull(tables.get(TABLE)).put("text" + step, "VARCHAR(40)");
            }
        };

        abstract void apply(int step, Map<String, Map<String, String>> tables);
    }

    ChangedTables() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("id", "BIGINT");
        columns.put("number", "BIGINT");
        columns.put("text", "VARCHAR(2000)");
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        tables.put(TABLE, columns);
        steps.add(new Tables(tables));
    }

    /** Asks for the next step: from now on rows may have its shape. */
    synchronized void ask(Change change) {
        Map<String, Map<String, String>> next = steps.getLast().copy();
        change.apply(steps.size(), next);
        steps.add(new Tables(next));
    }

    /** The last step that was asked for is in force: from now on no answer may have an older shape. */
    synchronized void inForce() {
        inForce = steps.size() - 1;
    }

    /** The number of the step that is known to be in force. */
    synchronized int stepInForce() {
        return inForce;
    }

    /** How many steps have been asked for. */
    synchronized int stepsAsked() {
        return steps.size() - 1;
    }

    /** The tables that are known to be in force. */
    synchronized Tables tablesInForce() {
        return steps.get(inForce);
    }

    /** The columns that a row of an answer may have whose request was sent when this step was in force. */
    synchronized List<List<String>> shapes(int since) {
        return steps.subList(since, steps.size()).stream()
                .map(step -> step.columns(TABLE))
                .distinct()
                .toList();
    }

    /** The last step's tables as the resource has them. */
    synchronized ArrayNode spec(ObjectMapper json) {
        ArrayNode all = json.createArrayNode();
        steps.getLast().tables().forEach((name, columns) -> {
            ObjectNode table = all.addObject().put("name", name);
            table.putArray("primaryKey").add("id");
            ArrayNode list = table.putArray("columns");
            columns.forEach((column, type) ->
                    list.addObject().put("name", column).put("type", type).put("nullable", !column.equals("id")));
        });
        return all;
    }
}
