package io.shardeddb.local.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A running process of a container: a child of this agent, or one that an earlier agent left. */
final class ContainerProcess {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int KILLED = 137;

    private final ProcessIdentity identity;
    private final Instant startedAt;
    private final CompletableFuture<Integer> exit;

    private ContainerProcess(ProcessIdentity identity, Instant startedAt, CompletableFuture<Integer> exit) {
        this.identity = identity;
        this.startedAt = startedAt;
        this.exit = exit;
    }

    /**
     * What to start.
     *
     * @param command the program and its arguments
     * @param environment the whole environment
     * @param directory the working directory
     */
    record Plan(List<String> command, Map<String, String> environment, Path directory) {}

    /** Starts a process in a session of its own, with its output appended to a file. */
    static ContainerProcess start(Plan plan, Path log, Instant now) throws IOException {
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.addAll(plan.command);
        ProcessBuilder builder = new ProcessBuilder(command).directory(plan.directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(plan.environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        Process process = builder.start();
        ProcessIdentity known = ProcessIdentity.of(process.pid());
        ProcessIdentity identity = known == null ? new ProcessIdentity(process.pid(), -1) : known;
        CompletableFuture<Integer> exit = process.onExit().thenApply(ended -> {
            identity.endSession();
            return ended.exitValue();
        });
        return new ContainerProcess(identity, now, exit);
    }

    /** Takes over a process of an earlier agent; null when it is gone. */
    static @Nullable ContainerProcess adopt(ProcessIdentity identity, Instant startedAt) {
        if (!identity.alive()) {
            return null;
        }
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        // The kernel tells only a parent when a process ends, so that this one has to be watched.
        Thread.ofVirtual().name("watch-" + identity.pid()).start(() -> {
            try {
                while (identity.alive()) {
                    Thread.sleep(POLL);
                }
                identity.endSession();
                exit.complete(KILLED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return new ContainerProcess(identity, startedAt, exit);
    }

    ProcessIdentity identity() {
        return identity;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Completes with the exit code; of processes taken over it is not known and reported as killed. */
    CompletableFuture<Integer> exit() {
        return exit;
    }

    boolean alive() {
        return !exit.isDone();
    }

    /** Asks the process to end. */
    void terminate() {
        if (identity.alive()) {
            ProcessHandle.of(identity.pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    /** Ends the process and what it started. */
    void kill() {
        if (identity.alive()) {
            ProcessHandle.of(identity.pid()).ifPresent(handle -> {
                List<ProcessHandle> descendants = handle.descendants().toList();
                handle.destroyForcibly();
                descendants.forEach(ProcessHandle::destroyForcibly);
            });
        }
    }
}
