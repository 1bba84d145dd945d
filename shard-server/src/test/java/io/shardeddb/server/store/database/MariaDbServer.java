package io.shardeddb.server.store.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real database server as a process of its own, on 127.0.0.1 and a free port, with its data in a folder that the test
 * gives. It is MariaDB from the build's own dependency, or MySQL when the system property {@code mysql.home} names its
 * folder.
 *
 * <p>The settings are those that the operator gives a server: commits are not forced, the binary log is off.
 */
public final class MariaDbServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final DatabaseBinaries binaries;
    private final List<String> settings;
    private final int port;
    private @Nullable Process process;

    private MariaDbServer(Path directory, DatabaseBinaries binaries, List<String> settings, int port) {
        this.directory = directory;
        this.binaries = binaries;
        this.settings = settings;
        this.port = port;
    }

    /**
     * Makes a data folder from the template and starts a server on it.
     *
     * @param directory an empty folder, short enough for a socket's path
     * @param settings further arguments, as {@code --key=value}
     */
    public static MariaDbServer start(Path directory, String... settings) {
        try {
            DatabaseBinaries binaries = DatabaseBinaries.find();
            binaries.copyTemplate(directory.resolve("data"));
            MariaDbServer server = new MariaDbServer(directory, binaries, List.of(settings), freePort());
            server.restart();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True when this is MySQL and not MariaDB. */
    public boolean isMySql() {
        return binaries.isMySql();
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    /** An account without a password. */
    public String user() {
        return "root";
    }

    /** The folder of the database's files. */
    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** True while the process lives. */
    public boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** A plain connection, for a test's own look at the tables. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mysql://127.0.0.1:" + port + "/?useSSL=false&allowPublicKeyRetrieval=true", "root", "");
    }

    /** Executes statements, one after the other. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** Starts the process (again) on the same files and port, and waits until it answers. */
    public void restart() throws IOException {
        List<String> command = new ArrayList<>(binaries.command(dataDirectory()));
        command.add("--bind-address=127.0.0.1");
        command.add("--port=" + port);
        command.add("--socket=" + Files.createTempDirectory("db").resolve("s"));
        command.add("--skip-log-bin");
        command.add("--innodb-flush-log-at-trx-commit=0");
        command.add("--innodb-buffer-pool-size=64M");
        command.add("--character-set-server=utf8mb4");
        command.add("--collation-server=utf8mb4_bin");
        // MariaDB makes itself an RSA key at each start otherwise, which takes seconds; MySQL does not know the option.
        command.add("--loose-skip-ssl");
        command.add("--performance-schema=OFF");
        command.addAll(settings);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("server.log").toFile()))
                .start();
        awaitConnection();
    }

    /** Kills the process at once, as a power cut to the process would (the operating system's cache survives). */
    public void kill() {
        Process current = process;
        if (current != null) {
            current.destroyForcibly();
            await(current);
        }
    }

    /** Waits until the process has ended by itself. */
    public boolean awaitExit(Duration limit) throws InterruptedException {
        Process current = process;
        return current == null || current.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        kill();
    }

    private void awaitConnection() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (Connection connection = connect()) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException e) {
                if (!isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(
                            "no answer from the database server: " + Files.readString(directory.resolve("server.log")),
                            e);
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static void await(Process process) {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("killed process " + process.pid() + " lives on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
