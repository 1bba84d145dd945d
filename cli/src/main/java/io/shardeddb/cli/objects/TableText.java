package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes the API's table form as kubectl does: cells in columns, wide ones only when asked for, and widths kept from
 * one part of a watch to the next.
 */
final class TableText {

    private static final String GAP = "   ";

    private final boolean wide;
    private final boolean withNamespace;
    private final List<Integer> shown = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private boolean headed;

    /**
     * @param wide all columns, also those that the API calls less important
     * @param withNamespace a first column with each object's namespace
     */
    TableText(boolean wide, boolean withNamespace) {
        this.wide = wide;
        this.withNamespace = withNamespace;
    }

    /** Lines of the rows, with a heading before the first rows ever; each line is ended by a line feed. */
    String of(JsonNode table) {
        learnColumns(table);
        List<List<String>> rows = new ArrayList<>();
        if (!headed && !table.path("rows").isEmpty()) {
            rows.add(names);
            headed = true;
        }
        table.path("rows").forEach(row -> rows.add(cells(row)));
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths.get(i) - row.get(i).length()))
                        .append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private void learnColumns(JsonNode table) {
        JsonNode definitions = table.path("columnDefinitions");
        if (!names.isEmpty() || definitions.isEmpty()) {
            return;
        }
        if (withNamespace) {
            names.add("NAMESPACE");
        }
        for (int i = 0; i < definitions.size(); i++) {
            if (wide || definitions.get(i).path("priority").asInt() == 0) {
                shown.add(i);
                names.add(definitions.get(i).path("name").asText().toUpperCase(Locale.ROOT));
            }
        }
        names.forEach(name -> widths.add(0));
    }

    private List<String> cells(JsonNode row) {
        List<String> cells = new ArrayList<>();
        if (withNamespace) {
            cells.add(row.path("object").path("metadata").path("namespace").asText(""));
        }
        for (int column : shown) {
            JsonNode cell = row.path("cells").path(column);
            cells.add(cell.isNull() || cell.isMissingNode() ? "<none>" : cell.asText());
        }
        return cells;
    }
}
