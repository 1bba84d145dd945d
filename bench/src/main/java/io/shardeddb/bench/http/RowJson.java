package io.shardeddb.bench.http;

import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.util.List;

/** Rows as JSON, straight into text. The workloads' texts need no escapes, which is checked. */
final class RowJson {

    private RowJson() {}

    /** One row as an object, several as an array of objects. */
    static StringBuilder rows(Table table, Operation.Insert insert) {
        List<List<Object>> rows = insert.values();
        StringBuilder json = new StringBuilder(rows.size() * 64);
        if (rows.size() == 1) {
            return row(json, table, rows.getFirst());
        }
        return array(json, table, rows);
    }

    /** Always an array. */
    static StringBuilder array(StringBuilder json, Table table, List<List<Object>> rows) {
        char separator = '[';
        for (List<Object> row : rows) {
            row(json.append(separator), table, row);
            separator = ',';
        }
        return json.append(']');
    }

    private static StringBuilder row(StringBuilder json, Table table, List<Object> row) {
        char separator = '{';
        for (int i = 0; i < row.size(); i++) {
            member(json.append(separator), table.columns().get(i).name(), row.get(i));
            separator = ',';
        }
        return json.append('}');
    }

    /** An object of one member. */
    static StringBuilder object(String name, Object value) {
        return member(new StringBuilder(128).append('{'), name, value).append('}');
    }

    private static StringBuilder member(StringBuilder json, String name, Object value) {
        json.append('"').append(name).append("\":");
        if (value instanceof String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                    throw new IllegalArgumentException("text that needs an escape: " + text);
                }
            }
            return json.append('"').append(text).append('"');
        }
        return json.append(value);
    }
}
