package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.load.OpenLoop;
import io.shardeddb.bench.report.BarChart;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import io.shardeddb.bench.workload.Ycsb;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb bench ycsb}. */
@Command(
        name = "ycsb",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "Runs workloads on our database alone: YCSB's A to F, and inserts, pairs (of which most are over two shards),",
            "batches, points, ranges, mixed. First in closed loop for the throughput, then in open loop at half of it for",
            "the latencies, counted from the moment at which each operation should have begun."
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench ycsb                     A to F",
            "  sdb bench ycsb A C ranges mixed    some of them"
        })
public final class WorkloadCommand implements Callable<Integer> {

    private static final int SERVERS = 3;
    private static final int BATCH = 100;

    @Parameters(
            paramLabel = "WORKLOAD",
            arity = "0..*",
            description = "A to F, inserts, pairs, batches, points, ranges, mixed. Default: A to F.")
    List<String> names = List.of("A", "B", "C", "D", "E", "F");

    @Mixin
    Options options = new Options();

    @Option(names = "--clients", paramLabel = "N", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    int clients;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "3",
            description = "Shards on the three servers. Default: ${DEFAULT-VALUE}.")
    int shards;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Rows loaded before. Default: ${DEFAULT-VALUE}.")
    long rows;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description =
                    "Of each measurement, which begins when the programs have been compiled. Default: ${DEFAULT-VALUE}.")
    double seconds;

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<Workload> workloads = names.stream().map(this::workload).toList();
        try (BenchDatabase database = BenchDatabase.startOptimized(
                options.home(),
                Shape.ofWorkloads(shards, SERVERS, SERVERS),
                List.of(Table.students(), Table.userTable()),
                options::progress)) {
            Contender contender = new Contender(database.target(RouterTarget.Interface.V1), database.processes());
            List<BarChart.Bar> bars = new ArrayList<>();
            options.out()
                    .println("| workload | operations/s | rate of the open loop | p50 ms | p99 ms | p99.9 ms |\n"
                            + "|---|---|---|---|---|---|");
            for (Workload workload : workloads) {
                bars.add(run(workload, contender));
            }
            if (options.report != null) {
                Files.createDirectories(options.report);
                Files.writeString(
                        options.report.resolve("ycsb.svg"),
                        BarChart.svg("Workloads, " + clients + " clients", "operations/s, more is better", bars));
            }
            return ExitCode.OK;
        } catch (LoadException e) {
            throw new CommandFailure(ExitCode.TEMPORARY, String.valueOf(e.getMessage()), e);
        }
    }

    private BarChart.Bar run(Workload workload, Contender contender) throws LoadException, InterruptedException {
        contender.load(workload);
        options.progress(workload.name() + ": " + rows + " rows loaded");
        options.progress(String.format(
                "%s: programs have been compiled for it after %.0f s",
                workload.name(), contender.warmUp(workload, clients)));
        Measurement closed = contender.loop(workload, clients).run(1, seconds, 1);
        refuseErrors(workload, closed);
        double rate = closed.operationsPerSecond() / 2;
        Measurement open = new OpenLoop(contender.target(), workload, contender.population(workload), clients * 4)
                .run(rate, 1, seconds, 2);
        refuseErrors(workload, open);
        options.out()
                .printf(
                        Locale.ROOT,
                        "| %s | %,.0f | %,.0f/s | %.2f | %.2f | %.2f |%n",
                        workload.name(),
                        closed.operationsPerSecond(),
                        rate,
                        open.millisAt(50),
                        open.millisAt(99),
                        open.millisAt(99.9));
        options.out().flush();
        return new BarChart.Bar(workload.name(), 0, closed.operationsPerSecond());
    }

    private static void refuseErrors(Workload workload, Measurement measurement) throws LoadException {
        if (measurement.errors() > 0) {
            throw new LoadException(
                    workload.name() + ": " + measurement.errors() + " errors, the first: " + measurement.firstError());
        }
    }

    private Workload workload(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "inserts" -> Workload.inserts(Table.students(), 1);
            case "pairs" -> Workload.inserts(Table.students(), 2);
            case "batches" -> Workload.inserts(Table.students(), BATCH);
            case "points" -> Workload.pointReads(Table.students(), rows);
            case "ranges" -> Workload.rangeReads(Table.students(), rows);
            case "mixed" -> Workload.mixed(Table.students(), rows);
            default -> {
                try {
                    yield Ycsb.parse(name).getFirst().workload(rows);
                } catch (IllegalArgumentException e) {
                    throw new CommandFailure(
                            ExitCode.USAGE,
                            "no workload " + name
                                    + "; there are A to F, inserts, pairs, batches, points, ranges, mixed",
                            e);
                }
            }
        };
    }
}
