package io.shardeddb.simulator.run;

import io.shardeddb.simulator.Setup;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import io.shardeddb.simulator.WrongVariant;
import org.jspecify.annotations.Nullable;

/** One wrong variant on trial: which seeds it has been run under, and how many noticed. Thread-safe. */
final class Trial {
    private final Simulator simulator;
    private final WrongVariant variant;
    private final boolean pinned;
    private final long first;
    private final long enough;
    private final long count;
    private long caught;
    private long done;
    private long busyNanos;
    private @Nullable Setup example;
    private Verdict.@Nullable Violation violation;

    /**
     * @param pinned whether the pinned seed comes first
     * @param first the first of the other seeds
     * @param enough after being noticed so often it is left alone
     * @param count how many seeds, the pinned one among them
     */
    Trial(Simulator simulator, WrongVariant variant, boolean pinned, long first, long enough, long count) {
        this.simulator = simulator;
        this.variant = variant;
        this.pinned = pinned;
        this.first = first;
        this.enough = enough;
        this.count = count;
    }

    /** Whether the seed of this number, from 0, is still to be run. */
    synchronized boolean wants(long number) {
        return number < count && caught < enough;
    }

    /** The seed of a number: the pinned one is not run again where the others come to it. */
    long seed(long number) {
        if (!pinned) {
            return first + number;
        }
        if (number == 0) {
            return variant.pinnedSeed();
        }
        long seed = first + number - 1;
        return variant.pinnedSeed() >= first && seed >= variant.pinnedSeed() ? seed + 1 : seed;
    }

    /** Runs one seed. */
    void run(Campaign campaign, long number) {
        Setup setup = campaign.setup(seed(number)).with(variant.name());
        record(setup, Judging.timed(simulator, setup));
    }

    private synchronized void record(Setup setup, Judging.Timed timed) {
        done++;
        busyNanos += timed.nanos();
        if (timed.verdict() instanceof Verdict.Violation broken) {
            caught++;
            if (example == null || setup.seed() < example.seed()) {
                example = setup;
                violation = broken;
            }
        }
    }

    /** How often it was noticed. */
    synchronized Report.Tally tally() {
        return new Report.Tally(variant.name(), caught, done);
    }

    /** For how long processors worked for its seeds, in nanoseconds. */
    synchronized long busyNanos() {
        return busyNanos;
    }

    /** The least seed that noticed it, with the faults that it needs; null if none did. */
    synchronized @Nullable Finding example(Campaign campaign) {
        return example == null || violation == null ? null : campaign.finding(simulator, example, violation, true);
    }
}
