package io.shardeddb.cli.bench;

import io.shardeddb.bench.report.Guard;
import io.shardeddb.bench.report.ResultsJson;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb bench guard}. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "Compares the ratios of a run of sdb bench peers with those that are committed (docs/performance.json) and says",
            "which changed by more than 20 %. Always ends with 0: it reports, and a person judges."
        },
        footer = {"", "Example:", "  sdb bench peers --quick --output json > results.json; sdb bench guard results.json"
        })
public final class GuardCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "What sdb bench peers --output json wrote.")
    @Nullable
    Path run;

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "Compare with this file in place of the committed one.")
    @Nullable
    Path committed;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() {
        PrintWriter out = terminal.out();
        Path before =
                committed == null ? Repository.find().root().resolve("docs").resolve("performance.json") : committed;
        try {
            List<String> changes =
                    Guard.changes(ResultsJson.read(before), ResultsJson.read(Objects.requireNonNull(run)));
            changes.forEach(change -> out.println("CHANGED " + change));
            if (changes.isEmpty()) {
                out.println("no ratio changed by more than 20 %");
            }
            out.flush();
            return ExitCode.OK;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot compare: " + e.getMessage(), e);
        }
    }
}
