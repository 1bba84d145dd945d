package io.shardeddb.local.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Names one process beyond the reuse of its number.
 *
 * @param pid the process's number
 * @param startTicks when it started, in the kernel's clock ticks since boot
 */
record ProcessIdentity(long pid, long startTicks) {
    private static final int STATE = 0;
    private static final int START_TICKS = 19;

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
