package io.shardeddb.systemtests.fuzz;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.proof.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Kills and freezes processes that the cluster has on record. What is frozen goes on at the latest with
 * {@link #thawAll}.
 */
final class Processes {

    private final Faults faults;
    private final Map<String, Long> frozen = new HashMap<>();

    Processes(Faults faults) {
        this.faults = faults;
    }

    private static String name(Pod pod, String container) {
        return container + " of " + pod.getMetadata().getName();
    }

    /** As {@code kill -9} does. */
    String kill(Pod pod, String container) {
        Optional<Long> pid = faults.runningProcess(pod, container);
        pid.flatMap(ProcessHandle::of).ifPresent(ProcessHandle::destroyForcibly);
        return name(pod, container) + (pid.isEmpty() ? " does not run" : "");
    }

    String freeze(Pod pod, String container) {
        Optional<Long> pid = faults.runningProcess(pod, container);
        pid.ifPresent(running -> {
            frozen.put(name(pod, container), running);
            signal("STOP", running);
        });
        return name(pod, container) + (pid.isEmpty() ? " does not run" : "");
    }

    /** Lets it go on, or kills it. */
    String thaw(Pod pod, String container, boolean killed) {
        Long pid = frozen.remove(name(pod, container));
        if (pid != null) {
            signal(killed ? "KILL" : "CONT", pid);
        }
        return name(pod, container) + (killed ? " is killed" : " goes on");
    }

    void thawAll() {
        frozen.values().forEach(pid -> signal("CONT", pid));
        frozen.clear();
    }

    /** To a process that may have ended meanwhile: a stopped one keeps its id until then. */
    private static void signal(String signal, long pid) {
        if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
