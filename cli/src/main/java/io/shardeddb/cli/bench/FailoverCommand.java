package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Result;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.bench.workload.Workload;
import io.shardeddb.cli.bench.measured.BenchDatabase;
import io.shardeddb.cli.bench.measured.FailoverMeasurement;
import io.shardeddb.cli.bench.measured.Shape;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb bench failover}. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "How long a client waits when the server that leads its shard is killed: from the kill to the next acknowledged write. Each",
            "time another shard's leader, as soon as all copies are healthy again. Ends with 1 when one took longer than is required."
        },
        footer = {"", "Examples:", "  sdb bench failover              ten kills", "  sdb bench failover --times 3"})
public final class FailoverCommand implements Callable<Integer> {

    private static final Shape SHAPE = Shape.ofWorkloads(3, 3, 3);
    private static final int WARM_UP_CLIENTS = 32;

    @Option(names = "--times", paramLabel = "N", defaultValue = "10", description = "Kills. Default: ${DEFAULT-VALUE}.")
    int times;

    @Mixin
    Options options = new Options();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (times < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--times must be at least 1");
        }
        try (BenchDatabase database =
                BenchDatabase.startOptimized(options.home(), SHAPE, List.of(Table.students()), options::progress)) {
            Contender contender = new Contender(database.target(RouterTarget.Interface.V1), database.processes());
            options.progress(String.format(
                    Locale.ROOT,
                    "programs have been compiled after %.0f s",
                    contender.warmUp(Workload.inserts(Table.students(), 1), WARM_UP_CLIENTS)));
            Result result = FailoverMeasurement.result(database, contender, times, options::progress);
            options.out()
                    .printf(
                            Locale.ROOT,
                            "%s: %.2f s at worst of %d, at most 3 s: %s%n",
                            result.work(),
                            result.ours(),
                            times,
                            result.met() ? "reached" : "not reached");
            return result.met() ? ExitCode.OK : ExitCode.NEGATIVE;
        } catch (LoadException e) {
            throw new CommandFailure(ExitCode.TEMPORARY, String.valueOf(e.getMessage()), e);
        }
    }
}
