package io.shardeddb.cli.bench.measured;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/**
 * Gives a process little processor time, as a container's limit does: it runs for a part of each period and is stopped
 * for the rest. By signals, since control groups need rights that a user does not have everywhere. Ends with this
 * process in any case, and leaves the other one running.
 */
public final class CpuLimit implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 10;

    /** Without any process for waiting: reading from a pipe that nobody writes to. Its end is this program's end. */
    private static final String SCRIPT = """
            wait_for() { read -r -t "$1" _; [ $? -gt 128 ]; }
            trap 'kill -CONT "$1"' EXIT
            while kill -STOP "$1" && wait_for "$2" && kill -CONT "$1" && wait_for "$3"; do :; done
            """;

    private final Process signals;

    private CpuLimit(Process signals) {
        this.signals = signals;
    }

    /**
     * Begins.
     *
     * @param pid of a process of this user
     * @param stoppedMillis of each period
     * @param runningMillis of each period
     */
    public static CpuLimit of(long pid, long stoppedMillis, long runningMillis) {
        try {
            return new CpuLimit(new ProcessBuilder(
                            "bash",
                            "-c",
                            SCRIPT,
                            "limit",
                            Long.toString(pid),
                            seconds(stoppedMillis),
                            seconds(runningMillis))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("bash cannot be started", e);
        }
    }

    private static String seconds(long millis) {
        return "%d.%03d".formatted(millis / 1_000, millis % 1_000);
    }

    /** Lets it run again. */
    @Override
    public void close() {
        try {
            signals.getOutputStream().close();
            if (!signals.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new CommandFailure(ExitCode.SOFTWARE, "what stops and continues a server does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
