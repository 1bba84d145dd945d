package io.shardeddb.cli.bench;

import io.shardeddb.cli.cluster.Repository;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all measurements have in common: where they run, how they answer. */
final class Options {

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Folder of the database that is measured. Default: .sdb-bench in the repository.")
    @Nullable
    Path home;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write results.json, report.md and plots (SVG) into this folder.")
    @Nullable
    Path report;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text or json. Default: ${DEFAULT-VALUE}.")
    io.shardeddb.cli.output.OutputFormat output = io.shardeddb.cli.output.OutputFormat.TEXT;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    private final long start = System.nanoTime();

    Path home() {
        return home == null
                ? Repository.find().root().resolve(".sdb-bench")
                : home.toAbsolutePath().normalize();
    }

    /** Where the answer goes. */
    PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    /** Says how far a measurement is; on standard error, so that the answer stays alone on standard output. */
    void progress(String line) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, line);
        err.flush();
    }
}
