package io.shardeddb.simulator.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * What the command found.
 *
 * @param seeds how many seeds were run
 * @param busyNanos for how long processors worked for them, together
 * @param findings the violations of the right way, by seed
 * @param variants how often the wrong variants were noticed
 */
record Report(long seeds, long busyNanos, List<Finding> findings, List<Tally> variants) {
    /**
     * How often a wrong variant was noticed.
     *
     * @param name the variant
     * @param caught how many seeds noticed it
     * @param of how many were tried
     */
    record Tally(String name, long caught, long of) {
        /** Whether nothing noticed it. */
        boolean survives() {
            return caught == 0;
        }
    }

    /** Fewer seeds say nothing about how often. */
    private static final int FEWEST_FOR_RATE = 20;

    private static String rate(Tally tally) {
        return String.format(Locale.ROOT, " (%.2f %%)", 100.0 * tally.caught() / tally.of());
    }

    /** Whether a rule was broken or a wrong variant was not noticed. */
    boolean isBad() {
        return !findings.isEmpty() || variants.stream().anyMatch(Tally::survives);
    }

    /** For how long one processor works for a seed, in milliseconds: the mean. */
    double millisPerSeed() {
        return seeds == 0 ? 0 : Math.round(busyNanos / 1e3 / seeds) / 1e3;
    }

    /** For a program: one JSON object in one line. Its fields are an interface. */
    String json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("seeds", seeds);
        ArrayNode violations = json.putArray("violations");
        for (Finding finding : findings) {
            violations
                    .addObject()
                    .put("seed", finding.seed())
                    .put("rule", finding.violation().rule())
                    .put("replay", finding.replay());
        }
        json.put("millisPerSeed", millisPerSeed());
        ArrayNode tallies = json.putArray("variants");
        for (Tally tally : variants) {
            tallies.addObject()
                    .put("name", tally.name())
                    .put("caught", tally.caught())
                    .put("of", tally.of());
        }
        return json.toString();
    }

    /** For a person. */
    String text() {
        StringBuilder text = new StringBuilder();
        if (!variants.isEmpty()) {
            long survivors = variants.stream().filter(Tally::survives).count();
            text.append(
                    survivors == 0
                            ? String.format(Locale.ROOT, "Wrong variants: %d, all noticed.%n", variants.size())
                            : String.format(
                                    Locale.ROOT,
                                    "Wrong variants: %d, of which %d SURVIVE.%n",
                                    variants.size(),
                                    survivors));
            int width = variants.stream()
                    .mapToInt(tally -> tally.name().length())
                    .max()
                    .orElse(1);
            for (Tally tally : variants) {
                text.append(String.format(
                        Locale.ROOT,
                        "  %-" + width + "s  %s%,d of %,d seeds%s%n",
                        tally.name(),
                        tally.survives() ? "SURVIVES: " : "",
                        tally.caught(),
                        tally.of(),
                        tally.of() < FEWEST_FOR_RATE ? "" : rate(tally)));
            }
        }
        if (seeds > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d seeds, %.1f ms of one processor each: %s%n",
                    seeds,
                    millisPerSeed(),
                    findings.isEmpty()
                            ? "no rule was broken."
                            : "rules broken under " + findings.size() + " of them."));
        }
        for (Finding finding : findings) {
            text.append(String.format("  %s%n", finding.text().replace("\n", System.lineSeparator() + "  ")));
        }
        return text.toString();
    }
}
