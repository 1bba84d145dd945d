package io.shardeddb.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One {@code mariadbd} that this program started. */
final class DatabaseProcess {

    private static final long POLL_MILLIS = 100;
    private static final long STOP_SECONDS = 30;
    private static final int LOG_TAIL = 20;

    private final Process process;
    private final Path log;

    private DatabaseProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static DatabaseProcess start(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new DatabaseProcess(process, log);
    }

    /** A question to the database, and the answer at which it is ready. */
    record Ready(String query, String column, String answer) {}

    /**
     * Waits until it answers a question in a given way.
     *
     * @throws IOException with its log's end when it does not
     */
    void await(String url, Ready ready, Duration timeout) throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        String last = "no connection";
        while (System.nanoTime() - end < 0 && process.isAlive()) {
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(ready.query())) {
                last = rows.next() ? rows.getString(ready.column()) : "nothing";
                if (ready.answer().equals(last)) {
                    return;
                }
            } catch (SQLException e) {
                last = String.valueOf(e.getMessage());
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IOException(
                "mariadbd " + (process.isAlive() ? "is not ready (" + last + ")" : "ended") + ":\n" + tail());
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    }

    /** Process id. */
    long pid() {
        return process.pid();
    }

    /** Asks it to end, and ends it when it does not. */
    void stop() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("process " + process.pid() + " does not end");
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
