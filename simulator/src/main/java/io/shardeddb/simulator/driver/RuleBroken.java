package io.shardeddb.simulator.driver;

import io.shardeddb.simulator.Verdict;

/** Ends a run: a rule was broken. An error, so that no code under test takes it for something to go on from. */
final class RuleBroken extends Error {
    private static final long serialVersionUID = 1;
    private final transient Verdict.Violation violation;

    /** @param rule the same words for every seed */
    RuleBroken(String rule, String text) {
        super(rule + ": " + text);
        violation = new Verdict.Violation(rule, text);
    }

    Verdict.Violation violation() {
        return violation;
    }
}
