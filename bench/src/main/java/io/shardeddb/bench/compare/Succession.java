package io.shardeddb.bench.compare;

/**
 * The rule of succession: what share of all trials goes one way, told from the few that were made. Source: Laplace,
 * Essai philosophique sur les probabilités (1814), "de la probabilité des causes et des événemens futurs".
 */
public final class Succession {

    private Succession() {}

    /**
     * The expected share where every share was equally likely before the trials. None of a few is thus not never, and
     * all of them not always, so that two such shares always have a finite ratio.
     *
     * @param successes how many trials went this way, from 0 to all of them
     * @param trials how many were made, 0 or more
     * @return (successes + 1) / (trials + 2): more than 0 and less than 1
     * @throws IllegalArgumentException if there are fewer than no successes, or more of them than trials
     */
    public static double share(int successes, int trials) {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException(
                    successes + " successes of " + trials + " trials: 0 to all are possible");
        }
        return (successes + 1.0) / (trials + 2.0);
    }
}
