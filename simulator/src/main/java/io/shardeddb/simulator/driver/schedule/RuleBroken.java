package io.shardeddb.simulator.driver.schedule;

import io.shardeddb.simulator.Verdict;

/** Ends a run: a rule was broken. An error, so that no code under test takes it for something to go on from. */
public final class RuleBroken extends Error {
    private static final long serialVersionUID = 1;
    private final transient Verdict.Violation violation;

    /** @param rule the same words for every seed */
    public RuleBroken(String rule, String text) {
        super(rule + ": " + text);
        violation = new Verdict.Violation(rule, text);
    }

    /** As the run's result. */
    public Verdict.Violation violation() {
        return violation;
    }
}
