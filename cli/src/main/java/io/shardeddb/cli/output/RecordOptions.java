package io.shardeddb.cli.output;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The option that says how records are shown. */
public final class RecordOptions {

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json (one value in each line, the default), yaml or csv.")
    RecordFormat format = RecordFormat.JSON;

    /** Prints records in the chosen format; its end must be told. */
    public RecordPrinter printer(PrintWriter out) {
        return RecordPrinter.of(format, out);
    }

    /** The chosen format. */
    public RecordFormat format() {
        return format;
    }
}
