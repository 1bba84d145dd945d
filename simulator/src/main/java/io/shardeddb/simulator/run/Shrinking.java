package io.shardeddb.simulator.run;

import io.shardeddb.simulator.AllowedFaults;
import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds out which kinds of faults a violation needs. */
final class Shrinking {
    /** After so many runs what is left stays: a violation is worth seconds, not hours. */
    private static final int RUNS = 400;

    private Shrinking() {}

    /**
     * The kinds of faults without none of which the same seed breaks the same rule.
     *
     * @param kinds those under which it was broken
     * @return some of them, in their order; all of them if the rule is not broken when they are named
     */
    static List<String> shrink(Simulator simulator, Setup setup, String rule, List<String> kinds) {
        int[] runs = {0};
        return shrink(
                kinds,
                some -> runs[0]++ < RUNS
                        && Judging.run(simulator, setup.with(AllowedFaults.only(some)))
                                instanceof Verdict.Violation(String again, String _)
                        && again.equals(rule));
    }

    /** Delta debugging: leaves out halves, then quarters and so on, and single ones at last, the late ones first. */
    static List<String> shrink(List<String> kinds, Predicate<List<String>> stillBroken) {
        if (stillBroken.test(List.of())) {
            return List.of();
        }
        List<String> left = kinds;
        int piece = Math.max(1, kinds.size() / 2);
        while (true) {
            List<String> smaller = withoutPieces(left, piece, stillBroken);
            // What could not be left out before may be now, when others are gone.
            boolean again = piece == 1 && smaller.size() < left.size();
            left = smaller;
            if (piece == 1 && !again) {
                return left;
            }
            piece = Math.max(1, piece / 2);
        }
    }

    private static List<String> withoutPieces(List<String> kinds, int piece, Predicate<List<String>> stillBroken) {
        List<String> left = kinds;
        int end = left.size();
        while (end > 0) {
            int begin = Math.max(0, end - piece);
            List<String> candidate = new ArrayList<>(left.subList(0, begin));
            candidate.addAll(left.subList(end, left.size()));
            if (stillBroken.test(candidate)) {
                left = candidate;
            }
            end = begin;
        }
        return left;
    }
}
