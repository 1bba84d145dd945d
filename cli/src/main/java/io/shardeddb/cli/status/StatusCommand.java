package io.shardeddb.cli.status;

import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.OutputFormat;
import io.shardeddb.cli.output.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows every database, shard, replica and pod.",
        footer = {
            "",
            "Examples:",
            "  sdb status                   once",
            "  sdb status --watch           again every second, until Ctrl-C",
            "  sdb status --output json     for programs; the shape is described in docs/status.md",
            "",
            "Exit code 0 when every database is ready, 1 when one is not, 69 when no cluster runs."
        })
public final class StatusCommand implements Callable<Integer> {

    private static final long WATCH_MILLIS = 1_000;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--watch", description = "Show again every second.")
    boolean watch;

    @Option(names = "--output", paramLabel = "FORMAT", description = "text (default) or json.")
    OutputFormat output = OutputFormat.TEXT;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = terminal.out();
        @Nullable LocalProcesses processes = cluster.external() ? null : LocalProcesses.of(cluster.home());
        try (Cluster connected = cluster.connect()) {
            while (true) {
                StatusReport report = StatusReader.read(connected, processes);
                if (watch && output == OutputFormat.TEXT) {
                    // Home and clear to the end: redrawing in place, without flicker.
                    out.print("\u001b[H\u001b[J"
                            + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + "\n\n");
                }
                out.print(output == OutputFormat.JSON ? json(report) : StatusText.of(report));
                out.flush();
                if (!watch) {
                    return report.databases().stream().allMatch(StatusReport.Database::ready)
                            ? ExitCode.OK
                            : ExitCode.NEGATIVE;
                }
                Thread.sleep(WATCH_MILLIS);
            }
        }
    }

    private String json(StatusReport report) throws IOException {
        return watch ? Json.MAPPER.writeValueAsString(report) + "\n" : Json.pretty(report);
    }
}
