package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.Footprint;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.bench.load.Processors;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb bench growth}. */
@Command(
        name = "growth",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "What a database costs as it grows: how long it takes until it is there, what a write costs when the programs have been",
            "compiled, and what they use when nobody uses them afterwards. A line for each size; each has a database of its own, with",
            "three copies of every shard."
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench growth                 1, 10 and 100 shards on 3 servers, 10 shards on 5 and on 7",
            "  sdb bench growth 500/3           one size"
        })
public final class GrowthCommand implements Callable<Integer> {

    private static final int REPLICAS = 3;
    private static final double SETTLE_SECONDS = 5;

    @Parameters(
            paramLabel = "SHARDS/SERVERS",
            arity = "0..*",
            description = "Default: 1/3 10/3 100/3 10/5 10/7. At least 3 servers.")
    List<String> sizes = List.of("1/3", "10/3", "100/3", "10/5", "10/7");

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
    double seconds;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    int clients;

    @Mixin
    Options options = new Options();

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<Shape> shapes = sizes.stream().map(GrowthCommand::shape).toList();
        options.out()
                .println("| shards/servers | ready after s | at rest, ms of a processor each second: servers | mysqld"
                        + " | router | operator | MB: a server | a mysqld | router | operator | threads of a server"
                        + " | inserts/s | µs of processors each | of it servers | mysqld | router |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (Shape shape : shapes) {
            try {
                measure(shape);
            } catch (LoadException e) {
                throw new CommandFailure(ExitCode.TEMPORARY, shape.text() + ": " + e.getMessage(), e);
            }
        }
        return ExitCode.OK;
    }

    private static Shape shape(String size) {
        String[] parts = size.split("/", -1);
        try {
            int shards = Integer.parseInt(parts[0]);
            int servers = Integer.parseInt(parts[parts.length - 1]);
            if (parts.length == 2 && shards > 0 && servers >= REPLICAS) {
                return Shape.ofWorkloads(shards, servers, REPLICAS);
            }
        } catch (NumberFormatException e) {
            throw new CommandFailure(ExitCode.USAGE, "no size: " + size + "; one is 10/3", e);
        }
        throw new CommandFailure(
                ExitCode.USAGE, "no size: " + size + "; one is 10/3, of at least 1 shard and " + REPLICAS + " servers");
    }

    private void measure(Shape shape) throws InterruptedException, IOException, LoadException {
        long start = System.nanoTime();
        try (BenchDatabase database =
                BenchDatabase.startOptimized(options.home(), shape, List.of(Table.students()), options::progress)) {
            double ready = (System.nanoTime() - start) / 1e9;
            Map<String, List<Long>> processes = database.processes();
            Contender contender = new Contender(database.target(RouterTarget.Interface.V1), processes);
            Writes writes = writes(shape, contender, processes);
            options.out().println(line(shape, ready, processes, rest(processes), writes));
            options.out().flush();
        }
    }

    /**
     * Processor time that groups of processes used.
     *
     * @param seconds of processors, by group
     * @param during seconds that passed
     */
    private record Used(Map<String, Double> seconds, double during) {

        static Used since(Map<String, Double> before, Map<String, List<Long>> processes, double during) {
            Map<String, Double> used = new HashMap<>();
            Processors.seconds(processes)
                    .forEach((name, after) -> used.put(name, after - before.getOrDefault(name, 0.0)));
            return new Used(used, during);
        }

        /** Milliseconds of a processor each second. */
        double perSecond(String process) {
            return seconds.getOrDefault(process, 0.0) / during * 1000;
        }

        double all() {
            return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /** Writes, and what they cost. */
    private record Writes(double perSecond, Used used) {

        /** Microseconds of processors for each, of all processes. */
        double micros() {
            return used.all() * 1e6 / used.during() / perSecond;
        }

        /** Of those that are of a kind. */
        double micros(String process) {
            return used.perSecond(process) * 1e3 / perSecond;
        }
    }

    private Used rest(Map<String, List<Long>> processes) throws InterruptedException {
        Thread.sleep((long) (SETTLE_SECONDS * 1000));
        Map<String, Double> before = Processors.seconds(processes);
        Thread.sleep((long) (seconds * 1000));
        return Used.since(before, processes, seconds);
    }

    private Writes writes(Shape shape, Contender contender, Map<String, List<Long>> processes)
            throws InterruptedException, LoadException {
        Workload writes = Workload.inserts(Table.students(), 1);
        contender.load(writes);
        options.progress(String.format(
                Locale.ROOT,
                "%s: programs have been compiled after %.0f s",
                shape.text(),
                contender.warmUp(writes, clients)));
        Map<String, Double> before = Processors.seconds(processes);
        Measurement inserts = contender.loop(writes, clients).run(0, seconds, 2);
        Used used = Used.since(before, processes, seconds);
        if (inserts.errors() > 0) {
            throw new LoadException(inserts.errors() + " errors, the first: " + inserts.firstError());
        }
        return new Writes(inserts.operationsPerSecond(), used);
    }

    private static String line(Shape shape, double ready, Map<String, List<Long>> processes, Used rest, Writes writes) {
        return String.format(
                Locale.ROOT,
                "| %d/%d | %.1f | %.0f | %.0f | %.0f | %.0f | %d | %d | %d | %d | %d | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f |",
                shape.shards(),
                shape.servers(),
                ready,
                rest.perSecond("server"),
                rest.perSecond("mysqld"),
                rest.perSecond("router"),
                rest.perSecond("operator"),
                megabytes(processes, "server"),
                megabytes(processes, "mysqld"),
                megabytes(processes, "router"),
                megabytes(processes, "operator"),
                Footprint.of(processes.getOrDefault("server", List.of())).threads() / shape.servers(),
                writes.perSecond(),
                writes.micros(),
                writes.micros("server"),
                writes.micros("mysqld"),
                writes.micros("router"));
    }

    /** Of one of them. */
    private static long megabytes(Map<String, List<Long>> processes, String process) {
        List<Long> ids = processes.getOrDefault(process, List.of());
        return ids.isEmpty() ? 0 : (Footprint.of(ids).residentBytes() >> 20) / ids.size();
    }
}
