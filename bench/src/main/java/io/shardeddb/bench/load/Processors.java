package io.shardeddb.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much processor time groups of processes used: what an operation costs each part of a system. Linux only. */
public final class Processors {

    /** Clock ticks per second of {@code /proc/<pid>/stat}; fixed by Linux's interface to programs. */
    private static final double TICKS = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private Processors() {}

    /** Seconds of processor time used so far by each group; processes that are gone count nothing. */
    public static Map<String, Double> seconds(Map<String, List<Long>> groups) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        groups.forEach((name, processes) -> seconds.put(
                name, processes.stream().mapToDouble(Processors::seconds).sum()));
        return seconds;
    }

    private static double seconds(long process) {
        return seconds(Path.of("/proc/" + process + "/stat"));
    }

    /** Of a process or a thread, by its {@code stat} file. */
    static double seconds(Path file) {
        try {
            String stat = Files.readString(file, StandardCharsets.ISO_8859_1);
            // The second field is a name in brackets that may hold spaces; what follows it begins with the state.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS;
        } catch (IOException e) {
            // It has ended.
            return 0;
        }
    }
}
