package io.shardeddb.cli.proof;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.cluster.LocalProcesses;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Breaks one thing of the local cluster at a time. Only processes and folders that the cluster itself has on record.
 */
public final class Faults {

    /** Container of the shard server in a server pod. */
    public static final String SERVER = "server";

    private final LocalProcesses processes;

    public Faults(LocalProcesses processes) {
        this.processes = processes;
    }

    /** Process id of a container of a pod, when it runs. */
    public Optional<Long> runningProcess(Pod pod, String container) {
        return Optional.ofNullable(processes
                        .ofPod(
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName())
                        .get(container))
                .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    /** Process id of a container of a pod. @throws CommandFailure when it does not run */
    public long process(Pod pod, String container) {
        return runningProcess(pod, container)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TEMPORARY,
                        "container " + container + " of " + pod.getMetadata().getName() + " does not run"));
    }

    /** Kills a container's process as {@code kill -9} does. Returns its process id. */
    public long kill(Pod pod, String container) {
        long pid = process(pod, container);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        return pid;
    }

    /** The folder of a pod's volume. */
    public Path dataDirectory(Pod pod) {
        return processes
                .volume(pod)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.SOFTWARE, "pod " + pod.getMetadata().getName() + " has no volume"));
    }

    /** Deletes everything in a pod's volume while its processes run. Returns how many files went. */
    public int wipe(Pod pod) {
        Path directory = dataDirectory(pod);
        int[] files = {0};
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    files[0] += Files.deleteIfExists(file) ? 1 : 0;
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    if (!visited.equals(directory)) {
                        try {
                            Files.deleteIfExists(visited);
                        } catch (DirectoryNotEmptyException e) {
                            // A process that still runs has put a new file there; it goes with its process.
                            return FileVisitResult.CONTINUE;
                        }
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files[0];
    }
}
