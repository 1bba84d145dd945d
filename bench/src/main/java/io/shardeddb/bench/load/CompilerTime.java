package io.shardeddb.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How much processor time the compilers inside Java processes used. Linux only. */
final class CompilerTime {

    /** The beginnings of the compilers' thread names, which Linux cuts after 15 characters. */
    private static final List<String> NAMES = List.of("C1 CompilerThre", "C2 CompilerThre");

    private CompilerTime() {}

    /** Seconds used so far by the compilers of all these processes; those that are gone, or not Java, count nothing. */
    static double seconds(List<Long> processes) {
        return processes.stream().mapToDouble(CompilerTime::seconds).sum();
    }

    private static double seconds(long process) {
        double seconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + process + "/task"))) {
            for (Path thread : threads) {
                String name = Files.readString(thread.resolve("comm"), StandardCharsets.ISO_8859_1);
                if (NAMES.contains(name.strip())) {
                    seconds += Processors.seconds(thread.resolve("stat"));
                }
            }
        } catch (IOException e) {
            // The process, or one of its threads, has ended.
            return seconds;
        }
        return seconds;
    }
}
