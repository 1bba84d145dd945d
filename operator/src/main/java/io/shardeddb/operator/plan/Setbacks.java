package io.shardeddb.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Steps of one shard that failed, remembered from reconcile to reconcile: refused, or with an outcome that nobody
 * knows. One that fails again and again is tried more and more seldom, and is told. What is in the world decides what
 * the next step is; this only keeps the same step from being repeated for ever in silence, and from holding up others.
 *
 * @param failures by the step as it was planned, with all that it rests on: one that rests on something else is another
 *     step
 */
public record Setbacks(Map<ShardStep, Failure> failures) {

    /** Nothing failed. */
    public static final Setbacks NONE = new Setbacks(Map.of());

    /** After the first failure; then twice as long each time. */
    static final Duration SHORTEST = Duration.ofMillis(500);

    /** Between two tries at most. */
    static final Duration LONGEST = Duration.ofSeconds(10);

    /**
     * The longest pause between two tries of a membership change. A leader takes a repeat within two election time-outs
     * for the same attempt. It then lets a learner in that has by now what was committed when the attempt began.
     */
    static final Duration LONGEST_FOR_MEMBERSHIP = Duration.ofSeconds(1);

    /** A step that has kept failing for so long is told. */
    static final Duration TOLD = Duration.ofSeconds(5);

    /** A step that was not tried for so long is forgotten. */
    static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private static final int MOST_DOUBLINGS = 6;

    public Setbacks {
        failures = Map.copyOf(failures);
    }

    /**
     * A step that failed.
     *
     * @param words what was said last
     * @param tries how often it failed; at least 1
     * @param first when it failed first
     * @param last when it failed last
     */
    public record Failure(String words, int tries, Instant first, Instant last) {

        private ShardView.FailedStep seen(ShardStep step, Instant now) {
            boolean told = tries > 1 && !now.isBefore(first.plus(TOLD));
            return new ShardView.FailedStep(words, told, !now.isBefore(last.plus(pause(step))));
        }

        private Duration pause(ShardStep step) {
            Duration longest = step instanceof ShardStep.ChangeMembership ? LONGEST_FOR_MEMBERSHIP : LONGEST;
            Duration doubled = SHORTEST.multipliedBy(1L << Math.min(tries - 1, MOST_DOUBLINGS));
            return doubled.compareTo(longest) < 0 ? doubled : longest;
        }
    }

    /** After a step has failed. */
    public Setbacks failed(ShardStep step, String words, Instant now) {
        Map<ShardStep, Failure> all = new HashMap<>(failures);
        all.merge(
                step,
                new Failure(words, 1, now, now),
                (before, _) -> new Failure(words, before.tries + 1, before.first, now));
        return new Setbacks(all);
    }

    /** After a step was done. */
    public Setbacks done(ShardStep step) {
        Map<ShardStep, Failure> all = new HashMap<>(failures);
        all.remove(step);
        return new Setbacks(all);
    }

    /** Without those that were not tried for long: what they rested on has changed. */
    public Setbacks recent(Instant now) {
        Map<ShardStep, Failure> all = new HashMap<>(failures);
        all.values().removeIf(failure -> now.isAfter(failure.last.plus(FORGOTTEN)));
        return new Setbacks(all);
    }

    /** What it means for a reconcile at this moment. */
    public Map<ShardStep, ShardView.FailedStep> at(Instant now) {
        Map<ShardStep, ShardView.FailedStep> seen = new HashMap<>();
        failures.forEach((step, failure) -> seen.put(step, failure.seen(step, now)));
        return seen;
    }
}
