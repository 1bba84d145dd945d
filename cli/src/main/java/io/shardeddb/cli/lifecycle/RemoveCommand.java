package io.shardeddb.cli.lifecycle;

import io.shardeddb.cli.CommandFailure;
import io.shardeddb.cli.ExitCode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.ShardedDatabase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sdb remove}. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Removes a database: its pods, shards and services; its volumes as its deletionPolicy says.",
        footer = {
            "",
            "Examples:",
            "  sdb remove shop",
            "",
            "With deletionPolicy Retain the volumes stay; with Delete nothing of the database is left."
        })
public final class RemoveCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 250;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "DATABASE", description = "Name of the database.")
    String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until it is gone. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 120;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Cluster connected = cluster.connect()) {
            ShardedDatabase database = connected.database(name);
            boolean volumesStay = database.getSpec().deletionPolicy() == DeletionPolicy.Retain;
            connected.client().resource(database).delete();
            long end = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
            while (connected.databases().stream()
                    .anyMatch(left -> left.getMetadata().getName().equals(name))) {
                if (System.nanoTime() > end) {
                    throw new CommandFailure(
                            ExitCode.TEMPORARY,
                            "database " + name + " is still being removed after " + timeoutSeconds + " s");
                }
                Thread.sleep(POLL_MILLIS);
            }
            out.println("database " + name + " removed" + (volumesStay ? "; its volumes stay (Retain)" : ""));
            out.flush();
        }
        return ExitCode.OK;
    }
}
