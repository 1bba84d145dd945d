package io.shardeddb.architecture.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Places that still break a rule, each with by how much, from {@code exceptions.txt}. The list may only shrink: a place
 * may not get worse, and an entry that is no longer needed is a fault. With {@code -Dexceptions.shrink=true} the tests
 * lower and remove entries instead, and add none.
 */
public final class Exceptions {

    private static final String FILE = "architecture-tests/src/test/resources/exceptions.txt";

    private Exceptions() {}

    /** What is wrong with the repository under one rule, given what was measured at each place; see {@link #faults}. */
    public static synchronized List<String> judge(
            Sources sources, String rule, String unit, long limit, Map<String, Long> now) {
        Path file = sources.root().resolve(FILE);
        Map<String, Long> listed = entries(sources.lines(file), rule);
        if (Boolean.getBoolean("exceptions.shrink")) {
            try {
                Files.write(file, shrunk(sources.lines(file), rule, limit, now));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            listed = entries(sources.lines(file), rule);
        }
        return faults(listed, unit, limit, now);
    }

    /**
     * What is wrong under one rule.
     *
     * @param listed places with an exception, and how many each may have
     * @param unit what is counted, for messages
     * @param limit how many any place may have
     * @param now how many each place has; a place that is not named has none
     */
    static List<String> faults(Map<String, Long> listed, String unit, long limit, Map<String, Long> now) {
        List<String> faults = new ArrayList<>();
        new TreeMap<>(now).forEach((place, amount) -> {
            long allowed = Math.max(limit, listed.getOrDefault(place, limit));
            if (amount > allowed) {
                faults.add("%s: %s %s, at most %s are allowed".formatted(place, amount, unit, allowed));
            }
        });
        new TreeMap<>(listed).forEach((place, _) -> {
            if (now.getOrDefault(place, 0L) <= limit) {
                faults.add("%s: has at most %s %s; remove its entry from %s, or run with -Dexceptions.shrink=true"
                        .formatted(place, limit, unit, FILE));
            }
        });
        return faults;
    }

    /** The lines of the list with what was measured, where that is less; what is within the limit goes. */
    static List<String> shrunk(List<String> lines, String rule, long limit, Map<String, Long> now) {
        List<String> kept = new ArrayList<>();
        for (String line : lines) {
            String[] entry = line.split(" ", -1);
            if (entry.length != 3 || !entry[0].equals(rule)) {
                kept.add(line);
                continue;
            }
            long amount = Math.min(Long.parseLong(entry[2]), now.getOrDefault(entry[1], 0L));
            if (amount > limit) {
                kept.add(rule + " " + entry[1] + " " + amount);
            }
        }
        return kept;
    }

    /** The places listed under a rule; a line is the rule, the place and the amount. */
    static Map<String, Long> entries(List<String> lines, String rule) {
        Map<String, Long> entries = new TreeMap<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] entry = line.split(" ", -1);
            if (entry.length != 3 || !entry[2].matches("\\d+")) {
                throw new IllegalStateException(FILE + ": '" + line + "' is not a rule, a place and an amount");
            }
            if (entry[0].equals(rule) && entries.put(entry[1], Long.parseLong(entry[2])) != null) {
                throw new IllegalStateException(FILE + ": '" + entry[1] + "' is listed twice under " + rule);
            }
        }
        return entries;
    }
}
