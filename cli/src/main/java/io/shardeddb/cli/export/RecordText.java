package io.shardeddb.cli.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.CsvText;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.Cells;
import io.shardeddb.cli.transfer.CsvFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The text of records in a file. Pure. */
sealed interface RecordText {

    /** What the file begins with. */
    String heading();

    /** The line of a row as the router gives it. @throws CommandFailure DATA when it does not fit the file */
    String line(JsonNode row);

    /**
     * The text of a target's records.
     *
     * @param columns those of the file; empty: all
     * @param chosen whether somebody chose them, so that others are left out; else others are refused
     */
    static RecordText of(Target target, ExportFormat format, List<String> columns, boolean chosen) {
        return format == ExportFormat.JSON ? new Lines(target, columns) : new Separated(target, columns, chosen);
    }

    /** The record of a row: the row itself, or the document in it. */
    static JsonNode record(Target target, JsonNode row) {
        return target instanceof Target.Collection ? row.path("doc") : row;
    }

    /** JSON lines. */
    record Lines(Target target, List<String> columns) implements RecordText {

        @Override
        public String heading() {
            return "";
        }

        @Override
        public String line(JsonNode row) {
            JsonNode record = record(target, row);
            if (columns.isEmpty() || target instanceof Target.Table) {
                return record + "\n";
            }
            ObjectNode shown = Json.object();
            for (String column : columns) {
                if (record.has(column)) {
                    shown.set(column, record.get(column));
                }
            }
            return shown + "\n";
        }
    }

    /** Comma-separated values. */
    final class Separated implements RecordText {

        private final Target target;
        private final List<String> columns;
        private final Set<String> known;
        private final boolean chosen;
        private final List<String> types = new ArrayList<>();

        Separated(Target target, List<String> columns, boolean chosen) {
            this.target = target;
            this.chosen = chosen;
            this.columns = columns;
            this.known = new HashSet<>(columns);
            for (String column : columns) {
                if (!column.equals(column.strip()) || column.startsWith("\ufeff")) {
                    throw new CommandFailure(
                            ExitCode.DATA, "CSV cannot hold the name '" + column + "'; export JSON lines");
                }
                if (target instanceof Target.Table table) {
                    types.add(String.valueOf(Cells.type(table.spec(), column)));
                }
            }
        }

        @Override
        public String heading() {
            return CsvText.line(columns) + "\n";
        }

        @Override
        public String line(JsonNode row) {
            JsonNode record = record(target, row);
            List<String> fields = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                JsonNode value = record.path(columns.get(i));
                fields.add(types.isEmpty() ? CsvFields.member(value) : CsvFields.cell(value, types.get(i)));
            }
            if (types.isEmpty() && !chosen) {
                refuseOthers(record);
            }
            return CsvText.line(fields) + "\n";
        }

        private void refuseOthers(JsonNode document) {
            for (String name : (Iterable<String>) document::fieldNames) {
                if (!known.contains(name)) {
                    throw new CommandFailure(
                            ExitCode.DATA,
                            "document " + document.path("_id") + " has the member " + name
                                    + ", which the file's first line does not name; name the members with --columns,"
                                    + " or export JSON lines");
                }
            }
        }
    }
}
