package io.shardeddb.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Yaml;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prints records one after the other, in one format. It holds at most {@value #LOOK_AHEAD} of them: table and CSV find
 * their columns in these. Not thread-safe.
 */
public abstract sealed class RecordPrinter {

    /** So many records decide the columns of a table or of CSV. */
    static final int LOOK_AHEAD = 200;

    /** The column of a record that is no object. */
    private static final String VALUE = "value";

    private final PrintWriter out;

    private RecordPrinter(PrintWriter out) {
        this.out = out;
    }

    /** A printer that has printed nothing yet. */
    public static RecordPrinter of(RecordFormat format, PrintWriter out) {
        return switch (format) {
            case JSON -> new Lines(out);
            case YAML -> new Blocks(out);
            case TABLE -> new Table(out);
            case CSV -> new Separated(out);
        };
    }

    /** Prints a record, or keeps it for later. @throws CommandFailure when it does not fit the columns of CSV */
    public abstract void print(JsonNode node);

    /** Prints what was kept. */
    public void end() {
        out.flush();
    }

    private static final class Lines extends RecordPrinter {

        private final PrintWriter out;

        Lines(PrintWriter out) {
            super(out);
            this.out = out;
        }

        @Override
        public void print(JsonNode node) {
            out.println(node);
        }
    }

    private static final class Blocks extends RecordPrinter {

        private final PrintWriter out;

        Blocks(PrintWriter out) {
            super(out);
            this.out = out;
        }

        @Override
        public void print(JsonNode node) {
            try {
                out.print("---\n" + Yaml.MAPPER.writeValueAsString(node));
            } catch (JsonProcessingException e) {
                throw new CommandFailure(ExitCode.SOFTWARE, "cannot write as YAML: " + node, e);
            }
        }
    }

    /** What finds its columns in the first records. */
    private abstract static sealed class Columned extends RecordPrinter {

        private final List<JsonNode> kept = new ArrayList<>();
        private final Set<String> columns = new LinkedHashSet<>();
        private boolean begun;

        Columned(PrintWriter out) {
            super(out);
        }

        abstract void heading(List<String> names, List<JsonNode> first);

        abstract void line(JsonNode node);

        @Override
        public final void print(JsonNode node) {
            if (begun) {
                line(node);
                return;
            }
            kept.add(node);
            if (kept.size() == LOOK_AHEAD) {
                begin();
            }
        }

        @Override
        public final void end() {
            begin();
            super.end();
        }

        private void begin() {
            if (begun || kept.isEmpty()) {
                return;
            }
            begun = true;
            kept.forEach(node -> names(node).forEach(columns::add));
            heading(List.copyOf(columns), kept);
            kept.forEach(this::line);
            kept.clear();
        }

        static List<String> names(JsonNode node) {
            List<String> names = new ArrayList<>();
            if (node.isObject()) {
                node.fieldNames().forEachRemaining(names::add);
            } else {
                names.add(VALUE);
            }
            return names;
        }

        static JsonNode cell(JsonNode node, String column) {
            return node.isObject() ? node.path(column) : node;
        }
    }

    private static final class Table extends Columned {

        private static final String GAP = "   ";
        private static final int WIDEST = 60;

        private final PrintWriter out;
        private final List<String> columns = new ArrayList<>();
        private final List<Integer> widths = new ArrayList<>();

        Table(PrintWriter out) {
            super(out);
            this.out = out;
        }

        @Override
        void heading(List<String> names, List<JsonNode> first) {
            columns.clear();
            widths.clear();
            for (String name : names) {
                int width = name.length();
                for (JsonNode node : first) {
                    width = Math.max(
                            width, Math.min(WIDEST, text(cell(node, name)).length()));
                }
                columns.add(name);
                widths.add(width);
            }
            write(columns);
        }

        @Override
        void line(JsonNode node) {
            List<String> names = names(node);
            if (!columns.containsAll(names)) {
                // Something new: the columns are shown again, with it.
                Set<String> more = new LinkedHashSet<>(columns);
                more.addAll(names);
                heading(List.copyOf(more), List.of(node));
            }
            write(columns.stream().map(name -> text(cell(node, name))).toList());
        }

        private void write(List<String> cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < cells.size(); i++) {
                line.append(cells.get(i))
                        .append(" "
                                .repeat(Math.max(0, widths.get(i) - cells.get(i).length())))
                        .append(GAP);
            }
            out.println(line.toString().stripTrailing());
        }

        private static String text(JsonNode cell) {
            if (cell.isMissingNode()) {
                return "";
            }
            // A control character would tear the columns, or reach the terminal.
            return (cell.isTextual() ? cell.asText() : cell.toString()).replaceAll("\\p{Cntrl}", "\u00b7");
        }
    }

    private static final class Separated extends Columned {

        private final PrintWriter out;
        private List<String> columns = List.of();
        private long printed;

        Separated(PrintWriter out) {
            super(out);
            this.out = out;
        }

        @Override
        void heading(List<String> names, List<JsonNode> first) {
            columns = names;
            out.println(CsvText.line(names));
        }

        @Override
        void line(JsonNode node) {
            printed++;
            for (String name : names(node)) {
                if (!columns.contains(name)) {
                    out.flush();
                    throw new CommandFailure(
                            ExitCode.DATA,
                            "record " + printed + " has the member " + name + ", which none of the first " + LOOK_AHEAD
                                    + " has; name the columns with --project, or take another --output");
                }
            }
            out.println(CsvText.line(
                    columns.stream().map(name -> CsvText.cell(cell(node, name))).toList()));
        }
    }
}
