package io.shardeddb.systemtests.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** From a seed to the steps of a round. Pure: the same seed gives the same steps, pauses and choices. */
public final class FuzzSchedule {

    private static final int LONGEST_PAUSE_MILLIS = 1_500;

    private FuzzSchedule() {}

    /**
     * A step and when.
     *
     * @param pauseMillis before it
     * @param seed of its own choices
     */
    public record Planned(FuzzStep step, int pauseMillis, long seed) {}

    /**
     * The steps of a round.
     *
     * @param slow whether slow ones may be among them
     */
    public static List<Planned> of(long seed, int steps, boolean slow) {
        Random random = new Random(seed);
        List<FuzzStep> kinds =
                FuzzSteps.ALL.stream().filter(step -> slow || !step.slow()).toList();
        int weights = kinds.stream().mapToInt(FuzzStep::weight).sum();
        List<Planned> planned = new ArrayList<>();
        while (planned.size() < steps) {
            int at = random.nextInt(weights);
            int pause = random.nextInt(LONGEST_PAUSE_MILLIS);
            long own = random.nextLong();
            for (FuzzStep step : kinds) {
                at -= step.weight();
                if (at < 0) {
                    planned.add(new Planned(step, pause, own));
                    break;
                }
            }
        }
        return planned;
    }
}
