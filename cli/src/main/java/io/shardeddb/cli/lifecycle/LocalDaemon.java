package io.shardeddb.cli.lifecycle;

import io.shardeddb.cli.cluster.Home;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.cluster.Repository;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.local.node.AotCaches;
import io.shardeddb.local.node.Compilers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The local cluster's process: started in the background, in a session of its own, and found again by its record. */
public final class LocalDaemon {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
    private static final long POLL_MILLIS = 50;
    private static final String MAIN = "io.shardeddb.local.Main";

    private final Home home;
    private final Repository repository;
    private final boolean record;
    private final Compilers compilers;
    private final @Nullable Path mysqlHome;
    private final int routerPort;

    /** One whose programs start soon, and record what makes later starts faster, where that is missing. */
    public LocalDaemon(Home home, Repository repository) {
        this(home, repository, true, Compilers.FIRST, null);
    }

    /**
     * The daemon of a home.
     *
     * @param record whether programs record what makes later starts faster, where that is missing; they take longer to
     *     end then
     * @param compilers which compilers work in the programs
     * @param mysqlHome where the database server is; null for the one that the cluster ran last, or else MariaDB
     */
    public LocalDaemon(
            Home home, Repository repository, boolean record, Compilers compilers, @Nullable Path mysqlHome) {
        this(home, repository, record, compilers, mysqlHome, 0);
    }

    private LocalDaemon(
            Home home,
            Repository repository,
            boolean record,
            Compilers compilers,
            @Nullable Path mysqlHome,
            int routerPort) {
        this.home = home;
        this.repository = repository;
        this.record = record;
        this.compilers = compilers;
        this.mysqlHome = mysqlHome;
        this.routerPort = routerPort;
    }

    /**
     * The same one, which publishes the first database's router at this port of 127.0.0.1 when it is started; 0: 5000.
     */
    public LocalDaemon publishingAt(int port) {
        return new LocalDaemon(home, repository, record, compilers, mysqlHome, port);
    }

    /** Whether it runs. */
    public boolean runs() {
        return LocalProcesses.of(home).daemonRuns();
    }

    /**
     * Starts it unless it runs, and waits until its API answers.
     *
     * @return true when it was started now
     * @throws CommandFailure when it does not start; the message carries its own words
     */
    public boolean start() throws InterruptedException {
        try {
            Path images = home.path().resolve("images.json");
            boolean runs = LocalProcesses.of(home).daemonRuns();
            Path database = Images.mysqlHome(
                    images, mysqlHome, runs || Files.exists(home.path().resolve("journal")));
            if (runs) {
                awaitApi(null);
                return false;
            }
            Files.createDirectories(home.path());
            Files.writeString(
                    images,
                    Json.MAPPER
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(Images.of(repository, record, compilers, database)));
            Files.deleteIfExists(home.daemon());
            Process process = new ProcessBuilder(command())
                    .directory(home.path().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.to(log().toFile()))
                    .start();
            awaitApi(process);
            return true;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.CANNOT_CREATE, "cannot start the local cluster in " + home.path(), e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        Path setsid = Path.of("/usr/bin/setsid");
        if (Files.isExecutable(setsid)) {
            // Without it, Ctrl-C at the terminal would reach the cluster too.
            command.add(setsid.toString());
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<Path> libraries = AotCaches.libraries(List.of(Images.classPath(repository, "local-cluster")));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.net.preferIPv4Stack=true"));
        command.addAll(new AotCaches(repository.caches(), record)
                .options(MAIN, libraries, home.path().toString()));
        command.add("-cp");
        command.add(AotCaches.classPath(libraries));
        command.add(MAIN);
        command.addAll(List.of(
                "--home", home.path().toString(), "--tools", repository.tools().toString()));
        if (routerPort > 0) {
            command.addAll(List.of("--router-port", String.valueOf(routerPort)));
        }
        return command;
    }

    /** Its own log. */
    public Path log() {
        return home.path().resolve("cluster.log");
    }

    private void awaitApi(@Nullable Process started) throws InterruptedException {
        Optional<Boolean> up = Waiter.of(START_TIMEOUT, POLL_MILLIS)
                .first(() -> answers() ? Optional.of(true) : Optional.of(false).filter(_ -> ended(started)));
        if (!up.orElse(false)) {
            throw new CommandFailure(
                    ExitCode.CANNOT_CREATE,
                    (up.isPresent() ? "the local cluster ended" : "the local cluster does not answer") + ":\n" + tail()
                            + "\n(all of it is in " + log() + ")");
        }
    }

    private boolean ended(@Nullable Process started) {
        return started == null ? !LocalProcesses.of(home).daemonRuns() : !started.isAlive();
    }

    private boolean answers() {
        try {
            if (!Files.exists(home.daemon()) || !LocalProcesses.of(home).daemonRuns()) {
                return false;
            }
            String address =
                    Json.MAPPER.readTree(home.daemon().toFile()).path("address").asText();
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address + "/version").toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(2_000);
            boolean ok = connection.getResponseCode() == 200;
            connection.disconnect();
            return ok;
        } catch (IOException | IllegalArgumentException e) {
            // Not up yet, or its record is being written: the caller asks again until its deadline.
            return false;
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Stops it and every process of its pods; objects and data stay.
     *
     * @return false when none ran
     */
    public boolean stop() throws InterruptedException {
        Optional<Long> pid = LocalProcesses.of(home).daemon();
        if (pid.isEmpty()) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid.get());
        if (process.isEmpty()) {
            return false;
        }
        process.get().destroy();
        try {
            process.get().onExit().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            new AotCaches(repository.caches(), record).assemble();
            return true;
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "the local cluster (process " + pid.get() + ") has not ended after " + STOP_TIMEOUT.toSeconds()
                            + " s; see " + log(),
                    e);
        } catch (ExecutionException e) {
            throw new CommandFailure(ExitCode.SOFTWARE, "waiting for process " + pid.get() + " failed", e);
        }
    }
}
