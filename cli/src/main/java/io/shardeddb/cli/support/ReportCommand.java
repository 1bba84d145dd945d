package io.shardeddb.cli.support;

import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Collects what someone needs to help you into one file: objects, events, status, logs and versions.",
            "Secrets are removed; rows are not in it."
        },
        footer = {
            "",
            "Examples:",
            "  sdb report                            into sdb-report-<time>.tar.gz",
            "  sdb report -o problem.tar.gz --tail 5000",
            "",
            "Every value that a Secret of the namespace holds is removed from every file, logs included. Logs may still hold",
            "keys of rows: look before you send it. What could not be collected is listed in errors.txt."
        })
public final class ReportCommand implements Callable<Integer> {

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file to write; it must not exist. Default: sdb-report-<time>.tar.gz here.")
    @Nullable
    Path file;

    @Option(
            names = "--tail",
            paramLabel = "LINES",
            description = "Lines of each log, the last ones. Default: ${DEFAULT-VALUE}.")
    int tail = 2_000;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = terminal.out();
        Instant now = Instant.now();
        Path target = file == null ? Path.of("sdb-report-" + NAME.format(now) + ".tar.gz") : file;
        if (Files.exists(target)) {
            throw new CommandFailure(ExitCode.CANNOT_CREATE, target + " exists already");
        }
        @Nullable LocalProcesses processes = cluster.external() ? null : LocalProcesses.of(cluster.home());
        Map<String, String> files;
        try (Cluster connected = cluster.connect()) {
            files = new Collection(connected, processes, tail).files(now);
        }
        try (OutputStream stream = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW);
                TarGzip archive = new TarGzip(stream, now.getEpochSecond())) {
            for (Map.Entry<String, String> entry : files.entrySet()) {
                archive.add("sdb-report/" + entry.getKey(), entry.getValue());
            }
        }
        out.println(target + ": " + files.size() + " files, " + Files.size(target) / 1024 + " KiB");
        out.flush();
        return ExitCode.OK;
    }
}
