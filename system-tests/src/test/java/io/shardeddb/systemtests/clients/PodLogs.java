package io.shardeddb.systemtests.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What our programs in a local cluster's pods have written into their logs since a moment, as a person reads it: an
 * incident that is handled is a line, and no line tells the inside of the software.
 */
public final class PodLogs {

    private static final List<String> PROGRAMS = List.of("server.log", "router.log", "operator.log");

    private static final Pattern UNREADABLE = Pattern.compile(
            "^\\s+at [\\w.$/]+\\(|^Caused by: |^Exception in thread|CompletableFuture@|\\[Not completed]"
                    + "|Failed to resolve name|onNext before request|unstable version");

    private final Path home;
    private final Map<Path, Long> lengths = new HashMap<>();

    /** What is written from now on. @param home the cluster's folder */
    public PodLogs(Path home) {
        this.home = home;
        files().forEach(file -> lengths.put(file, length(file)));
    }

    /** Each line that no person should have to read, with its file and the line before it. */
    public List<String> unreadable() {
        List<String> found = new ArrayList<>();
        for (Path file : files()) {
            String before = "";
            for (String line : written(file)) {
                if (UNREADABLE.matcher(line).find()) {
                    found.add(home.relativize(file) + ": " + before + "\n  " + line);
                }
                before = line;
            }
        }
        return found;
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(home.resolve("pods"), 3)) {
            return all.filter(file -> PROGRAMS.contains(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> written(Path file) {
        try {
            byte[] all = Files.readAllBytes(file);
            long from = lengths.getOrDefault(file, 0L);
            // A pod of the same name may have been made anew.
            int start = from <= all.length ? (int) from : 0;
            return new String(Arrays.copyOfRange(all, start, all.length), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
