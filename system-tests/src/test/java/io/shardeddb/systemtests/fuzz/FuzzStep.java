package io.shardeddb.systemtests.fuzz;

import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.exit.CommandFailure;
import java.util.Random;

/**
 * A kind of step.
 *
 * @param weight how often it is chosen, beside the others
 * @param slow whether it takes longer than a short run has: only the long form does it
 * @param action what it does
 */
public record FuzzStep(String name, int weight, boolean slow, Action action) {

    /** What a step does. */
    interface Action {
        /**
         * Does it.
         *
         * @param random for choices of its own; they follow from the seed
         * @return what was done, in a few words
         */
        String run(FuzzWorld world, Random random) throws InterruptedException;
    }

    /** Does it. Returns what was done; a step that cannot be done as things are does nothing. */
    public String run(FuzzWorld world, long seed) throws InterruptedException {
        try {
            return name + ": " + action.run(world, new Random(seed));
        } catch (CommandFailure | ApiRefused e) {
            return name + ": not possible now: " + e.getMessage();
        }
    }
}
