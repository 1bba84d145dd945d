package io.shardeddb.cli.rowfilter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.crds.TableSpec;
import java.util.List;
import java.util.Map;

/** Turns a filter and an update, as documents have them, into one conditional operation on one row. */
public final class RowChange {

    private static final Map<String, String> SIGNS =
            Map.of("$eq", "==", "$ne", "!=", "$gt", ">", "$gte", ">=", "$lt", "<", "$lte", "<=");

    private RowChange() {}

    /**
     * The body of a request to {@code /v1/tables/T/batch} that changes one row.
     *
     * @param upsert whether to insert the row if it is not there
     * @throws CommandFailure DATA, with where and what is allowed, when one operation cannot do it
     */
    public static ObjectNode update(RowFilter filter, JsonNode update, TableSpec table, boolean upsert) {
        ObjectNode operation = Json.object();
        ObjectNode row = key(filter, table);
        ObjectNode computed = Json.object();
        if (!update.isObject() || update.isEmpty()) {
            throw refused("update", "must be an object of operators, such as {\"$set\": {...}}");
        }
        for (Map.Entry<String, JsonNode> operator : update.properties()) {
            String at = "update." + operator.getKey();
            if (!List.of("$set", "$unset", "$inc").contains(operator.getKey())) {
                throw refused(at, "is not offered for a table; rows take $set, $unset and $inc");
            }
            if (!operator.getValue().isObject()) {
                throw refused(at, "must be an object of columns");
            }
            for (Map.Entry<String, JsonNode> column : operator.getValue().properties()) {
                String name = column.getKey();
                if (row.has(name) || computed.has(name)) {
                    throw refused(at + "." + name, "a key does not change, and a column changes once");
                }
                switch (operator.getKey()) {
                    case "$set" -> row.set(name, column.getValue());
                    case "$unset" -> row.putNull(name);
                    default -> computed.putObject(name).set("add", column.getValue());
                }
            }
        }
        operation.set(upsert ? "upsert" : "update", row);
        if (!computed.isEmpty()) {
            operation.set("set", computed);
        }
        return body(operation, filter, upsert);
    }

    /** The body of a request that removes one row. @throws CommandFailure DATA when one operation cannot do it */
    public static ObjectNode delete(RowFilter filter, TableSpec table) {
        ObjectNode operation = Json.object();
        operation.set("delete", key(filter, table));
        return body(operation, filter, false);
    }

    private static ObjectNode key(RowFilter filter, TableSpec table) {
        if (filter.key().isEmpty()) {
            throw refused(
                    "filter",
                    "a change of rows is for one row: name its whole key, " + table.primaryKey()
                            + ", each column with one value");
        }
        ObjectNode key = Json.object();
        filter.conditions().stream()
                .filter(condition -> table.primaryKey().contains(condition.column())
                        && condition.operator().equals("$eq")
                        && !key.has(condition.column()))
                .forEach(condition -> key.set(condition.column(), condition.operand()));
        return key;
    }

    private static ObjectNode body(ObjectNode operation, RowFilter filter, boolean upsert) {
        ObjectNode columns = Json.object();
        for (RowCondition condition : filter.conditions()) {
            if (filter.isInKey(condition)) {
                continue;
            }
            String sign = SIGNS.get(condition.operator());
            if (sign == null || upsert) {
                throw refused(
                        "filter." + condition.column() + "." + condition.operator(),
                        upsert ? "an upsert is filtered by the key alone" : "cannot be the condition of a change");
            }
            columns.withObject("/" + condition.column()).set(sign, condition.operand());
        }
        if (!columns.isEmpty()) {
            operation.putObject("if").set("columns", columns);
        }
        ObjectNode body = Json.object();
        body.putArray("operations").add(operation);
        return body;
    }

    private static CommandFailure refused(String at, String why) {
        return new CommandFailure(ExitCode.DATA, at + ": " + why);
    }
}
