package io.shardeddb.simulator.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives wrong variants their turns: all of them their first seed, then all their second one. Thread-safe. */
final class Rounds {
    /** Whose turn it is, and with which of its seeds, from 0. */
    record Turn(Trial trial, long number) {}

    private final List<Trial> trials;
    private long number;
    private int position;

    Rounds(List<Trial> trials) {
        this.trials = trials;
    }

    /**
     * The next turn; null if there is none any more.
     *
     * @param late whether the time is over: then only first seeds have their turn
     */
    synchronized @Nullable Turn next(boolean late) {
        int refusals = 0;
        while (refusals < trials.size()) {
            if (position == trials.size()) {
                position = 0;
                number++;
            }
            if (late && number > 0) {
                return null;
            }
            Trial trial = trials.get(position++);
            if (trial.wants(number)) {
                return new Turn(trial, number);
            }
            refusals++;
        }
        return null;
    }
}
