package io.shardeddb.simulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads a simulator's file of pinned seeds: a variant and a seed on each line, lines that begin with # aside. */
public final class PinnedSeeds {
    /** How the file is called where a package has one simulator. */
    public static final String FILE = "pinned-seeds.txt";

    private PinnedSeeds() {}

    /**
     * The wrong variants of a package's only simulator, in their order.
     *
     * @param simulator the class next to which the file stands
     * @param right the one variant that is not wrong
     * @throws IllegalStateException if the file has not exactly one seed for each wrong variant
     */
    public static List<WrongVariant> of(Class<?> simulator, Enum<?> right, Enum<?>... variants) {
        return of(
                simulator,
                FILE,
                Arrays.stream(variants).filter(variant -> variant != right).toList());
    }

    /**
     * The wrong variants of a simulator with their seeds, in their order.
     *
     * @param simulator the class next to which the file stands
     * @param file its name
     * @param variants those of the simulator
     * @throws IllegalStateException if the file has not exactly one seed for each wrong variant
     */
    public static List<WrongVariant> of(Class<?> simulator, String file, List<? extends Enum<?>> variants) {
        Map<String, Long> seeds = read(simulator, file);
        List<String> names = variants.stream().map(Enum::name).toList();
        if (seeds.size() != names.size() || !seeds.keySet().containsAll(names)) {
            throw new IllegalStateException(
                    file + " of " + simulator.getSimpleName() + " names " + seeds.keySet() + "; expected are " + names);
        }
        return names.stream()
                .map(name -> new WrongVariant(name, Objects.requireNonNull(seeds.get(name))))
                .toList();
    }

    private static Map<String, Long> read(Class<?> simulator, String file) {
        Map<String, Long> seeds = new HashMap<>();
        try (InputStream stream = Objects.requireNonNull(simulator.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line :
                    reader.lines().filter(each -> !each.startsWith("#")).toList()) {
                String[] words = line.split(" +", -1);
                seeds.put(words[0], Long.valueOf(words[1]));
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return seeds;
    }
}
