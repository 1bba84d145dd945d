package io.shardeddb.cli.bench.measured;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.bench.http.RouterTarget;
import io.shardeddb.bench.workload.Table;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.cluster.Manifests;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.lifecycle.LocalDaemon;
import io.shardeddb.cli.lifecycle.Readiness;
import io.shardeddb.cli.lifecycle.UpCommand;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Health;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.Shard;
import io.shardeddb.local.node.Compilers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A database for one measurement, on a local cluster in a folder of its own. Closing stops it and removes its data. */
public final class BenchDatabase implements AutoCloseable {

    public static final String NAME = "bench";
    private static final String NAMESPACE = "default";
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(5);
    private static final Waiter HEALTHY = Waiter.of(Duration.ofMinutes(2), 100);
    private static final int ROUTER_PORT = 5000;

    private final Home home;
    private final LocalDaemon daemon;
    private final Cluster cluster;
    private final Shape shape;
    private final Thread onInterrupt;

    private String manifest = "";

    private BenchDatabase(Home home, LocalDaemon daemon, Cluster cluster, Shape shape, Thread onInterrupt) {
        this.home = home;
        this.daemon = daemon;
        this.cluster = cluster;
        this.shape = shape;
        this.onInterrupt = onInterrupt;
    }

    /**
     * Starts it with programs that are ready soon, and waits until every copy of every shard is there.
     *
     * @param place its folder; what an earlier run left in it is removed
     * @throws CommandFailure when another run uses the folder, or it does not become ready
     */
    public static BenchDatabase start(Path place, Shape shape, List<Table> tables, Consumer<String> progress)
            throws InterruptedException, IOException {
        return start(place, shape, tables, false, Compilers.FIRST, progress);
    }

    /**
     * The same with programs that are compiled as on Kubernetes: they need
     * {@link io.shardeddb.bench.load.WarmUp minutes under load} before they are measured.
     */
    public static BenchDatabase startOptimized(Path place, Shape shape, List<Table> tables, Consumer<String> progress)
            throws InterruptedException, IOException {
        return start(place, shape, tables, false, Compilers.BOTH, progress);
    }

    /** The same with servers that can be told to fail. */
    public static BenchDatabase startWithFaults(Path place, Shape shape, List<Table> tables, Consumer<String> progress)
            throws InterruptedException, IOException {
        return start(place, shape, tables, true, Compilers.FIRST, progress);
    }

    private static BenchDatabase start(
            Path place,
            Shape shape,
            List<Table> tables,
            boolean faultSwitches,
            Compilers compilers,
            Consumer<String> progress)
            throws InterruptedException, IOException {
        Repository repository = Repository.find();
        Home home = new Home(place);
        if (LocalProcesses.of(home).daemonRuns()) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "another measurement runs in " + place + "; wait for it, or stop it with: sdb down --home "
                            + place);
        }
        io.shardeddb.local.LocalCluster.deleteData(place);
        long start = System.nanoTime();
        // Recording would slow down what is measured.
        LocalDaemon daemon = new LocalDaemon(home, repository, false, compilers, null);
        Thread onInterrupt = new Thread(() -> stop(daemon), "stop-bench");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        UpCommand.start(daemon, home, faultSwitches, new PrintWriter(Writer.nullWriter()));
        BenchDatabase database = new BenchDatabase(home, daemon, Cluster.local(home, NAMESPACE), shape, onInterrupt);
        try {
            database.apply(shape.manifest(NAME, tables));
            Readiness.await(database.cluster, NAME, READY_TIMEOUT, line -> {});
            database.awaitHealthy();
            progress.accept(String.format(
                    "our database %s (shards/servers/replicas) is ready after %.0f s",
                    shape.text(), (System.nanoTime() - start) / 1e9));
            return database;
        } catch (IOException | InterruptedException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private void apply(String wanted) throws IOException {
        manifest = wanted;
        Path file = home.path().resolve("bench.yaml");
        Files.writeString(file, wanted);
        Manifests.read(file, NAMESPACE).forEach(object -> cluster.apply(object, Api.Applying.FORCE));
    }

    /** Changes lines of the resource that begin so, and what is indented with them on the same line. */
    public void change(String before, String after) {
        if (!manifest.contains(before)) {
            throw new IllegalArgumentException("the resource has no \"" + before + "\"");
        }
        try {
            apply(manifest.replace(before, after));
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.SOFTWARE, "the resource cannot be written: " + e.getMessage(), e);
        }
    }

    public Cluster cluster() {
        return cluster;
    }

    /** The router's own address. */
    public InetSocketAddress routerAddress() {
        return new InetSocketAddress(pods("router").getFirst().getStatus().getPodIP(), ROUTER_PORT);
    }

    private static void stop(LocalDaemon daemon) {
        try {
            daemon.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until every shard has all its copies, healthy. */
    public void awaitHealthy() throws InterruptedException {
        if (!HEALTHY.until(() -> faults().isEmpty())) {
            throw new CommandFailure(ExitCode.TEMPORARY, "not healthy: " + String.join("; ", faults()));
        }
    }

    private List<String> faults() {
        int shards = cluster.shards(NAME).size();
        return shards == shape.shards()
                ? Health.faults(cluster, NAME, shape.replicas())
                : List.of(shards + " shards of " + shape.shards());
    }

    /**
     * Its router, addressed directly: the forwarder that stands for a Kubernetes Service here costs what a real one
     * does not.
     */
    public RouterTarget target(RouterTarget.Interface used) {
        return new RouterTarget("ShardedDatabase", routerAddress(), used);
    }

    /** Process ids by what they are. */
    public Map<String, List<Long>> processes() {
        Map<String, List<Long>> processes = new LinkedHashMap<>();
        LocalProcesses local = LocalProcesses.of(home);
        for (Pod pod : cluster.pods()) {
            local.ofPod(pod.getMetadata().getNamespace(), pod.getMetadata().getName())
                    .forEach((container, pid) -> processes
                            .computeIfAbsent(container, key -> new ArrayList<>())
                            .add(pid));
        }
        local.daemon().ifPresent(pid -> processes.put("cluster", List.of(pid)));
        return processes;
    }

    private List<Pod> pods(String component) {
        List<Pod> pods = cluster.pods().stream()
                .filter(pod -> component.equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
                .toList();
        if (pods.isEmpty()) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no pod of component " + component);
        }
        return pods;
    }

    /** The shards, by interval. */
    public List<Shard> shards() {
        return cluster.shards(NAME);
    }

    /**
     * Kills the process of the server that leads a shard, as {@code kill -9} does. Returns when it has been killed, by
     * {@link System#nanoTime}.
     */
    public long killLeader(Shard shard) {
        String leader;
        try (Servers servers = Servers.of(cluster, NAME)) {
            leader = servers.leader(shard)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.TEMPORARY,
                            "no server leads shard " + shard.getSpec().name()))
                    .server();
        }
        Pod pod = cluster.serverPod(NAME, leader);
        Faults faults = new Faults(LocalProcesses.of(home));
        long killed = System.nanoTime();
        faults.kill(pod, Faults.SERVER);
        return killed;
    }

    /** Process id of a shard server. */
    public long process(String server) {
        return new Faults(LocalProcesses.of(home)).process(cluster.serverPod(NAME, server), Faults.SERVER);
    }

    @Override
    public void close() throws IOException {
        cluster.close();
        stop(daemon);
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // The program is ending, and the hook has run.
            return;
        }
        io.shardeddb.local.LocalCluster.deleteData(home.path());
    }
}
