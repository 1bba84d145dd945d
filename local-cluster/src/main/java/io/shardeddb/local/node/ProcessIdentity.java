package io.shardeddb.local.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names one process beyond the reuse of its number.
 *
 * @param pid the process's number
 * @param startTicks when it started, in the kernel's clock ticks since boot
 */
record ProcessIdentity(long pid, long startTicks) {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessIdentity.class);
    private static final int STATE = 0;
    private static final int SESSION = 3;
    private static final int START_TICKS = 19;
    private static final Duration END = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(2);

    /** The identity of a living process, or null. */
    static @Nullable ProcessIdentity of(long pid) {
        String[] fields = stat(pid);
        return fields.length <= START_TICKS || fields[STATE].equals("Z")
                ? null
                : new ProcessIdentity(pid, Long.parseLong(fields[START_TICKS]));
    }

    /** Whether this very process lives; one that is dead and not yet collected does not. */
    boolean alive() {
        return equals(of(pid));
    }

    /**
     * Kills what is left of the session that this process led, and waits for at most two seconds until it has gone: a
     * container's processes end with its first one.
     */
    void endSession() {
        long until = System.nanoTime() + END.toNanos();
        try {
            for (List<ProcessHandle> left = session(); !left.isEmpty(); left = session()) {
                left.forEach(ProcessHandle::destroyForcibly);
                if (System.nanoTime() - until > 0) {
                    LOG.warn("Processes {} of the session of {} do not end", left, pid);
                    return;
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ProcessHandle> session() {
        String session = Long.toString(pid);
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != pid)
                .filter(process -> {
                    String[] fields = stat(process.pid());
                    return fields.length > SESSION && fields[SESSION].equals(session) && !fields[STATE].equals("Z");
                })
                .toList();
    }

    /** The fields of /proc/pid/stat after the name, empty when there is no such process. */
    private static String[] stat(long pid) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        } catch (IOException e) {
            return new String[0];
        }
    }
}
