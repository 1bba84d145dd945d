package io.shardeddb.cli.bench;

import io.shardeddb.bench.compare.Contender;
import io.shardeddb.bench.compare.Work;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.http.StubServer;
import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Measurement;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sdb bench ceiling}. */
@Command(
        name = "ceiling",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        description = {
            "What the load generator itself can do: its clients against a server in the same process that answers at once.",
            "Figures of a database near these would be figures of the generator."
        })
public final class CeilingCommand implements Callable<Integer> {

    private static final double WARM_UP_SECONDS = 3;
    private static final double SECONDS = 3;

    @Mixin
    Options options = new Options();

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (StubServer stub = StubServer.start()) {
            for (Work work : Work.promised(1)) {
                Contender contender =
                        new Contender(new RouterTarget("stub", stub.address(), RouterTarget.Interface.V1), Map.of());
                Measurement measured =
                        contender.loop(work.workload(), work.clients()).run(WARM_UP_SECONDS, SECONDS, 1);
                options.out()
                        .printf(
                                Locale.ROOT,
                                "%s: %,.0f requests/s, %,.0f rows/s, p50 %.3f ms%n",
                                work.name(),
                                measured.operationsPerSecond(),
                                measured.rowsPerSecond(),
                                measured.millisAt(50));
            }
            return ExitCode.OK;
        } catch (LoadException e) {
            throw new CommandFailure(ExitCode.SOFTWARE, String.valueOf(e.getMessage()), e);
        }
    }
}
