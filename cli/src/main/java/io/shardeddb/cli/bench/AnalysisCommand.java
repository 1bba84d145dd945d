package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.compare.SeedAnalysis;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb bench analysis}. */
@Command(
        name = "analysis",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "The sharding assignment's analysis: 10,000 concurrent writes of one row each through /write, then 10,000",
            "concurrent reads through /read, in seconds for the whole. Tasks A-1 (4 shards, 6 servers, 3 copies), A-2",
            "(6 copies) and A-3 (6 shards, 10 servers, 8 copies). Each configuration is a fresh database; the first burst",
            "after its start counts, nothing is warmed up."
        },
        footer = {
            "",
            "Examples:",
            "  sdb bench analysis                  all three",
            "  sdb bench analysis --only 4/6/3     the default configuration",
            "",
            "Task A-4, a killed server that comes back with its data, is what sdb demo shows."
        })
public final class AnalysisCommand implements Callable<Integer> {

    static final List<Shape> SHAPES =
            List.of(Shape.ofAssignment(4, 6, 3), Shape.ofAssignment(4, 6, 6), Shape.ofAssignment(6, 10, 8));
    static final int CONNECTIONS = 1_000;
    private static final long FIRST_NUMBER = 0;

    @Mixin
    Options options = new Options();

    @Option(names = "--only", paramLabel = "SHAPE", description = "One configuration: 4/6/3, 4/6/6 or 6/10/8.")
    @org.jspecify.annotations.Nullable
    String only;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Requests under way at once, up to 10000. Default: ${DEFAULT-VALUE}.")
    int connections = CONNECTIONS;

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<Shape> shapes = SHAPES.stream()
                .filter(shape -> only == null || shape.text().equals(only))
                .toList();
        if (shapes.isEmpty() || connections < 1 || connections > SeedAnalysis.REQUESTS) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    shapes.isEmpty()
                            ? "no configuration " + only + "; there are 4/6/3, 4/6/6 and 6/10/8"
                            : "connections must be 1 to " + SeedAnalysis.REQUESTS);
        }
        try {
            List<Result> results = results(shapes, connections, options);
            new Answer(options).analysis(results);
            return results.stream().allMatch(Result::met) ? ExitCode.OK : ExitCode.NEGATIVE;
        } catch (LoadException e) {
            throw new CommandFailure(ExitCode.TEMPORARY, String.valueOf(e.getMessage()), e);
        }
    }

    /** Two lines for each configuration: writes and reads. */
    static List<Result> results(List<Shape> shapes, int connections, Options options)
            throws InterruptedException, IOException, LoadException {
        List<Result> results = new ArrayList<>();
        for (Shape shape : shapes) {
            try (BenchDatabase database =
                    BenchDatabase.start(options.home(), shape, List.of(Table.students()), options::progress)) {
                SeedAnalysis analysis =
                        SeedAnalysis.run(database.target(RouterTarget.Interface.ASSIGNMENT), FIRST_NUMBER, connections);
                results.add(line(shape, "writes", analysis.writes().seconds()));
                results.add(line(shape, "reads", analysis.reads().seconds()));
                options.progress(String.format(
                        "analysis %s: %,d writes %.2f s, %,d reads %.2f s",
                        shape.text(),
                        SeedAnalysis.REQUESTS,
                        analysis.writes().seconds(),
                        SeedAnalysis.REQUESTS,
                        analysis.reads().seconds()));
            }
        }
        return results;
    }

    private static Result line(Shape shape, String part, double seconds) {
        return Result.ofLimit(
                "analysis " + shape.text() + ": 10,000 " + part,
                List.of(seconds),
                SeedAnalysis.LIMIT_SECONDS,
                SeedAnalysis.AIM_SECONDS,
                "against a limit of 10 s");
    }
}
