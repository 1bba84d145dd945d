package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Removal;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.ShardedDatabase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "DATABASE", description = "Name of the database.")
    String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until it is gone. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 120;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        try (Cluster connected = cluster.connect()) {
            ShardedDatabase database = connected.database(name);
            boolean volumesStay = database.getSpec().deletionPolicy() == DeletionPolicy.Retain;
            new Removal(connected, Duration.ofSeconds(timeoutSeconds)).remove(identity(database));
            out.println("database " + name + " removed" + (volumesStay ? "; its volumes stay (Retain)" : ""));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static ObjectNode identity(ShardedDatabase database) {
        ObjectNode object = Json.object();
        object.put("apiVersion", database.getApiVersion()).put("kind", database.getKind());
        object.putObject("metadata")
                .put("name", database.getMetadata().getName())
                .put("namespace", database.getMetadata().getNamespace());
        return object;
    }
}
