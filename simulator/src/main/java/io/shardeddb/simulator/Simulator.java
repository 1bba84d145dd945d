package io.shardeddb.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a part of the system under one seed, with faults, and judges it. Everything that happens follows from the setup:
 * the same one gives the same outcome and the same trace, byte for byte, again and in another JVM. So nothing in it may
 * depend on the clock, on threads, on identity hashes or on the order of a set whose elements have them (enums do).
 *
 * <p>One object runs in several threads at a time: a run keeps its state to itself.
 */
public interface Simulator {
    /** Its name on the command line: small letters, digits and hyphens. No two simulators share one. */
    String name();

    /** What it runs, as one line for a person. */
    String description();

    /**
     * The deliberately wrong ways to do it, one rule broken each. Every one must be noticed. No two simulators share a
     * variant's name.
     */
    List<WrongVariant> variants();

    /**
     * The kinds of faults that a run can do without, by name: small letters, digits and hyphens. A violation is shrunk
     * by leaving them out one after the other. Kinds that come late in the list are left out first.
     */
    List<String> faults();

    /** How many seeds, from 0 on, every build runs: as many as take a few seconds. */
    int seedsInEveryBuild();

    /**
     * Runs it once. An exception that the system under test throws is a violation too, and is returned as such.
     *
     * @throws IllegalArgumentException if the variant is none of this simulator's
     */
    Verdict run(Setup setup);

    /** The wrong variant of this name; null if there is none. */
    default @Nullable WrongVariant variant(String name) {
        return variants().stream()
                .filter(variant -> variant.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
