package io.shardeddb.bench.report;

import io.shardeddb.bench.compare.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares ratios of a run with ratios of an earlier one. Never absolute figures: those say more about the machine than
 * about the program.
 */
public final class Guard {

    /** A ratio that changed by more than this part is reported. */
    public static final double TOLERANCE = 0.2;

    private Guard() {}

    /** A sentence for each work whose ratio changed by more than a fifth, or that only one of the runs has. */
    public static List<String> changes(List<Result> before, List<Result> now) {
        List<String> changes = new ArrayList<>();
        for (Result old : before) {
            now.stream()
                    .filter(result -> result.work().equals(old.work()))
                    .findFirst()
                    .ifPresentOrElse(
                            result -> {
                                double change = result.ratio() / old.ratio() - 1;
                                if (Math.abs(change) > TOLERANCE) {
                                    changes.add(String.format(
                                            Locale.ROOT,
                                            "%s: ratio %.2f, was %.2f (%s by %.0f %%)",
                                            old.work(),
                                            result.ratio(),
                                            old.ratio(),
                                            change < 0 ? "worse" : "better",
                                            Math.abs(change) * 100));
                                }
                            },
                            () -> changes.add(old.work() + ": not measured in this run"));
        }
        for (Result result : now) {
            if (before.stream().noneMatch(old -> old.work().equals(result.work()))) {
                changes.add(result.work() + ": not measured before");
            }
        }
        return changes;
    }
}
