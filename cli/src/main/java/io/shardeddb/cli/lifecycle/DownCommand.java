package io.shardeddb.cli.lifecycle;

import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.local.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sdb down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description =
                "Stops the local cluster with all its processes. Databases and their data stay for the next sdb up.",
        footer = {
            "",
            "Examples:",
            "  sdb down                   stop",
            "  sdb down --delete-data     stop, and remove every database with its data"
        })
public final class DownCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--delete-data", description = "Remove databases, data and logs for good.")
    boolean deleteData;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = terminal.out();
        if (cluster.external()) {
            throw new CommandFailure(ExitCode.USAGE, "sdb down stops the local cluster only");
        }
        Home home = cluster.home();
        boolean stopped = new LocalDaemon(home, Repository.find()).stop();
        out.println(stopped ? "stopped" : "no local cluster was running in " + home.path());
        if (deleteData) {
            LocalCluster.deleteData(home.path());
            out.println("data removed");
        }
        out.flush();
        return ExitCode.OK;
    }
}
