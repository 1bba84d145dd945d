package io.shardeddb.cli.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.clusterfile.ClusterFile;
import io.shardeddb.cli.clusterfile.ClusterManifest;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Yaml;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.local.node.Compilers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts the local cluster in the background, with the operator, applies the files given, and waits until",
            "every database is ready. What ran before comes back with its data."
        },
        footer = {
            "",
            "Examples:",
            "  sdb up                                              start, with what was there before",
            "  sdb up examples/students.yaml                       and one database",
            "  sdb up examples/students.yaml examples/hash.yaml    and two side by side",
            "  sdb up --config examples/cluster.yaml --dry-run     show what a file of nodes and roles asks for",
            "",
            "The first database's router also listens on 127.0.0.1:5000, or where --router-port says; later ones, and"
                    + " the",
            "first when that port is taken, on a port that is shown.",
            "kubectl works too: kubectl --kubeconfig .sdb/kubeconfig get shardeddatabases,shards,pods"
        })
public final class UpCommand implements Callable<Integer> {

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "YAML or JSON files of databases and other objects.")
    List<Path> files = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait for each database. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 180;

    @Option(
            names = "--router-port",
            paramLabel = "PORT",
            description = {
                "Port on 127.0.0.1 for the first database's router. Default: 5000. Counts when the cluster starts; for"
                        + " one that runs",
                "already use sdb down first."
            })
    @Nullable
    Integer routerPort;

    @Option(
            names = "--fault-switches",
            description = {
                "Start shard servers with their fault switches: POST /faults {\"isolated\": true} at a server's port"
                        + " 5000 cuts it",
                "off from the other servers. For trying and testing only."
            })
    boolean faultSwitches;

    @Option(
            names = "--optimize",
            description = {
                "Let Java compile what runs often a second time, as on Kubernetes: slower for the first minutes under"
                        + " load, then two",
                "to three times as fast. For a cluster that stays. Has no effect on one that runs already."
            })
    boolean optimize;

    @Option(
            names = "--mysql-home",
            paramLabel = "FOLDER",
            description = {
                "Run the databases on the server in this folder: MySQL 8.4 or 9, or another MariaDB, with server,"
                        + " client and messages.",
                "A cluster keeps its server; for another one remove its data first. Default: MariaDB 11.4."
            })
    @Nullable
    Path mysqlHome;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Start the cluster of this file: nodes and their roles (docs/cluster-file.md).")
    @Nullable
    Path config;

    @Option(names = "--dry-run", description = "With --config: show the resource that it asks for, and start nothing.")
    boolean dryRun;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        if (cluster.external()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "sdb up starts the local cluster; for another one use sdb apply --kubeconfig");
        }
        List<ObjectNode> objects = new ArrayList<>();
        files.forEach(file -> objects.addAll(Manifests.read(file, cluster.namespace())));
        if (config != null) {
            objects.addFirst(configured(config));
        }
        if (dryRun) {
            show(out, objects);
            return ExitCode.OK;
        }
        Compilers compilers = optimize ? Compilers.BOTH : Compilers.FIRST;
        LocalDaemon daemon = new LocalDaemon(cluster.home(), Repository.find(), true, compilers, mysqlHome);
        RouterPort port = RouterPort.of(routerPort);
        if (!daemon.runs()) {
            port.warning(RouterPort.isFree(port.number())).ifPresent(line -> say(out, line));
        } else if (routerPort != null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the local cluster runs already, and --router-port counts when it starts: use sdb down first");
        }
        start(daemon.publishingAt(port.chosen()), cluster.home(), faultSwitches, out);
        try (Cluster connected = cluster.connect()) {
            for (ObjectNode object : objects) {
                Manifests.refuseTables(object, connected.find(object));
                connected.apply(object, Api.Applying.FORCE);
            }
            List<ShardedDatabase> databases = connected.databases();
            for (ShardedDatabase database : databases) {
                String name = database.getMetadata().getName();
                ShardedDatabase ready = Readiness.await(
                        connected, name, Duration.ofSeconds(timeoutSeconds), line -> say(out, name + ": " + line));
                @Nullable ShardedDatabaseStatus status = ready.getStatus();
                say(out, name + ": ready" + (status == null ? "" : ", " + status.endpoint()));
            }
            if (databases.isEmpty()) {
                say(out, "no database yet; make one with: sdb up examples/students.yaml");
            }
        }
        return ExitCode.OK;
    }

    private ObjectNode configured(Path path) {
        ClusterFile file = ClusterFile.read(path);
        @Nullable Integer port = file.routerPort();
        if (routerPort != null && port != null && !port.equals(routerPort)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--router-port is " + routerPort + ", but " + path + " says " + port);
        }
        // A cluster that runs keeps its port, so the same file can be given again.
        if (port != null && !new LocalDaemon(cluster.home(), Repository.find(), true, Compilers.FIRST, null).runs()) {
            routerPort = port;
        }
        return Manifests.checked(path, ClusterManifest.of(file, cluster.namespace()));
    }

    private void show(PrintWriter out, List<ObjectNode> objects) {
        if (config == null) {
            throw new CommandFailure(ExitCode.USAGE, "--dry-run goes with --config; for other files there is sdb plan");
        }
        try {
            for (ObjectNode object : objects) {
                out.print("---\n" + Yaml.MAPPER.writeValueAsString(object));
            }
        } catch (JsonProcessingException e) {
            throw new CommandFailure(ExitCode.SOFTWARE, "cannot show the resource as YAML", e);
        }
        out.flush();
    }

    /**
     * Starts the local cluster and brings definitions and operator into it.
     *
     * @param daemon runs it
     * @param faultSwitches whether shard servers that the operator makes can be told to fail
     */
    public static void start(LocalDaemon daemon, Home home, boolean faultSwitches, PrintWriter out)
            throws InterruptedException {
        boolean started = daemon.start();
        say(out, (started ? "local cluster started in " : "local cluster runs in ") + home.path());
        try (Cluster system = Cluster.local(home, OperatorObjects.NAMESPACE)) {
            OperatorObjects.all(faultSwitches).forEach(object -> system.apply(object, Api.Applying.FORCE));
        }
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
