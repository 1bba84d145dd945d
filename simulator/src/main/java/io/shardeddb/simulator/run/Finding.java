package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A violation, and how it is shown again.
 *
 * @param simulator the name of the simulator
 * @param seed the seed
 * @param variant the wrong variant; null for the right way
 * @param violation what was broken
 * @param faults the kinds of faults that it needs; null for all of them
 */
record Finding(
        String simulator,
        long seed,
        @Nullable String variant,
        Verdict.Violation violation,
        @Nullable List<String> faults) {

    /** The command line that shows it again. */
    String replay() {
        return "./sdb simulate --simulator " + simulator + (variant == null ? "" : " --variant " + variant) + " --seed "
                + seed + (faults == null ? "" : " --faults " + (faults.isEmpty() ? "none" : String.join(",", faults)));
    }

    /** What a person reads, in three lines. */
    String text() {
        String name = variant == null ? simulator : simulator + " with " + variant;
        return "seed " + seed + " of " + name + " breaks the rule: " + violation.rule() + "\n  seen: "
                + violation.text() + "\n  replay: " + replay();
    }
}
