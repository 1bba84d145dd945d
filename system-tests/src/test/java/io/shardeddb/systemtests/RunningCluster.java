package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.Main;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.proof.Faults;
import io.shardeddb.cli.proof.Health;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.local.ApiSwitch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A local cluster of the test's own, started and removed as a person does it, with {@code sdb up} and {@code sdb down}.
 * All its processes are real: API server, operator, routers, shard servers and mysqld.
 */
public final class RunningCluster implements AutoCloseable {

    private static final Duration HEALTH_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration API_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 100;
    private static final long SEEN_MILLIS = 1_500;

    private final Home home;
    private final Cluster cluster;

    private RunningCluster(Home home) {
        this.home = home;
        this.cluster = Cluster.local(home, "default");
    }

    /**
     * Starts a cluster and waits until its databases are ready.
     *
     * @param folder where its data goes
     * @param arguments of {@code sdb up}: options, and names of files under examples/
     */
    static RunningCluster up(Path folder, String... arguments) {
        Home home = new Home(folder.resolve("home"));
        Stream<String> words = Stream.of(arguments)
                .map(word ->
                        word.endsWith(".yaml") ? Repository.find().example(word).toString() : word);
        String[] command = Stream.concat(Stream.of("up", "--home", home.path().toString()), words)
                .toArray(String[]::new);
        int code = Main.run(command);
        if (code != ExitCode.OK) {
            Main.run("down", "--delete-data", "--home", home.path().toString());
        }
        assertThat(code).as(String.join(" ", command)).isEqualTo(ExitCode.OK);
        return new RunningCluster(home);
    }

    /** Its objects in Kubernetes. */
    public Cluster cluster() {
        return cluster;
    }

    Home home() {
        return home;
    }

    /** Breaks its processes. */
    public Faults faults() {
        return new Faults(LocalProcesses.of(home));
    }

    /** host:port where a database's router answers over gRPC, as its status tells. */
    public String grpcEndpoint(String database) {
        ShardedDatabaseStatus status = cluster.database(database).getStatus();
        String address = status == null ? null : status.grpcEndpoint();
        if (address == null) {
            throw new IllegalStateException("database " + database + " tells no address for gRPC");
        }
        return address;
    }

    /** The address of a database's router. */
    public String endpoint(String database) {
        return TableOptions.endpoint(cluster.database(database));
    }

    /** The shards of a database. */
    public List<Shard> shards(String database) {
        return cluster.shards(database);
    }

    /** The pod of a server of a database. */
    public Pod serverPod(String database, String server) {
        return cluster.serverPod(database, server);
    }

    /** The pods of a database's routers. */
    public List<Pod> routers(String database) {
        return cluster.pods().stream()
                .filter(pod -> database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .filter(pod -> pod.getMetadata().getName().startsWith(database + "-router-"))
                .toList();
    }

    /** Whether a pod says that it is ready. */
    static boolean isReady(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** Runs {@code sdb} with this cluster. Returns its exit code. */
    public int sdb(String command, String... arguments) {
        return Main.run(Stream.concat(Stream.of(command, "--home", home.path().toString()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    /**
     * Adds the database of a file and waits until all are ready. Not for a cluster without fault switches: it gets
     * them.
     */
    public void add(Path file) {
        assertThat(sdb("up", "--fault-switches", file.toString()))
                .as("sdb up %s", file)
                .isEqualTo(ExitCode.OK);
    }

    /** Waits until every copy of every shard is healthy. */
    public void awaitHealthy(String database, int copies) throws InterruptedException {
        await(
                "every copy of every shard of " + database + " is healthy",
                HEALTH_TIMEOUT,
                () -> Health.faults(cluster, database, copies));
    }

    /** Waits until a container's process is another one than before, and the operator may have seen that. */
    public void awaitAnotherProcess(Pod pod, String container, long old) throws InterruptedException {
        await(
                container + " of " + pod.getMetadata().getName() + " runs again",
                HEALTH_TIMEOUT,
                () -> faults().runningProcess(pod, container)
                                .filter(now -> now != old)
                                .isPresent()
                        ? List.of()
                        : List.of("another process than " + old));
        // The operator must have seen it away before its word that all is well counts.
        Thread.sleep(SEEN_MILLIS);
    }

    /** Stops the API server alone; pods, Services and everything else that the machine runs go on. */
    void stopApi() throws IOException, InterruptedException {
        Files.writeString(home.path().resolve(ApiSwitch.FILE), "");
        await("the API server is stopped", API_TIMEOUT, () -> apiAnswers() ? List.of("a refusal") : List.of());
    }

    /** Starts the API server again after {@link #stopApi}; does nothing when it was not stopped. */
    void startApi() throws IOException, InterruptedException {
        Files.deleteIfExists(home.path().resolve(ApiSwitch.FILE));
        await("the API server answers", API_TIMEOUT, () -> apiAnswers() ? List.of() : List.of("an answer"));
    }

    private boolean apiAnswers() {
        try {
            cluster.api().get("/version");
            return true;
        } catch (CommandFailure e) {
            return false;
        }
    }

    /** Sends a signal to a process of the cluster. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("kill -%s %s", name, pid).isZero();
    }

    /** Waits until nothing is missing any more, and fails with what is. */
    public static void await(String what, Duration timeout, Supplier<List<String>> missing)
            throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        List<String> last = missing.get();
        while (!last.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(POLL_MILLIS);
            last = missing.get();
        }
        assertThat(last).as("%s, waited %s for it; missing", what, timeout).isEmpty();
    }

    @Override
    public void close() {
        stop("down", "--delete-data");
    }

    /** Ends all processes and leaves logs and data where they are. */
    void leave() {
        stop("down");
    }

    private void stop(String... command) {
        cluster.close();
        assertThat(Main.run(Stream.concat(
                                Stream.of(command),
                                Stream.of("--home", home.path().toString()))
                        .toArray(String[]::new)))
                .as("sdb %s", String.join(" ", command))
                .isEqualTo(ExitCode.OK);
    }
}
