package io.shardeddb.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes hold. Linux only.
 *
 * @param residentBytes memory that is in use, of all of them together; what processes share counts for each
 * @param threads of all of them together
 */
public record Footprint(long residentBytes, long threads) {

    private static final String RESIDENT = "VmRSS:";
    private static final String THREADS = "Threads:";

    /** Of processes; those that are gone hold nothing. */
    public static Footprint of(List<Long> processes) {
        List<Footprint> all = processes.stream().map(Footprint::of).toList();
        return new Footprint(
                all.stream().mapToLong(Footprint::residentBytes).sum(),
                all.stream().mapToLong(Footprint::threads).sum());
    }

    private static Footprint of(long process) {
        try {
            List<String> status =
                    Files.readAllLines(Path.of("/proc/" + process + "/status"), StandardCharsets.ISO_8859_1);
            return new Footprint(number(status, RESIDENT) << 10, number(status, THREADS));
        } catch (IOException e) {
            // The process has ended.
            return new Footprint(0, 0);
        }
    }

    private static long number(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }
}
