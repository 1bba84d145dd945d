package io.shardeddb.bench.load;

import java.util.List;

/**
 * Load before a measurement, for as long as the virtual machines of a database still compile for it: what is measured
 * before tells of the compilers and not of the database.
 *
 * @param windowSeconds length of a window, after each of which the compilers' time is looked at
 * @param restingShare of one processor: all compilers together used less than that in a window in which they rest
 * @param windowsAtRest in a row after which it ends
 * @param maxSeconds after which it ends in any case
 */
public record WarmUp(double windowSeconds, double restingShare, int windowsAtRest, double maxSeconds) {

    /**
     * A processor's tenth for twenty seconds (they pause before code that has been counted long enough is due); four
     * minutes at most.
     */
    public static WarmUp standard() {
        return new WarmUp(5, 0.1, 4, 240);
    }

    /**
     * Runs the load until the compilers rest.
     *
     * @param processes of the database
     * @return how long it took, in seconds
     * @throws LoadException when the load could not begin
     */
    public double run(ClosedLoop loop, List<Long> processes) throws LoadException, InterruptedException {
        long start = System.nanoTime();
        Rest rest = new Rest(this);
        double before = CompilerTime.seconds(processes);
        long windowStart = start;
        while (true) {
            loop.run(windowSeconds, 0, windowStart - start);
            double after = CompilerTime.seconds(processes);
            long now = System.nanoTime();
            boolean ends = rest.ends((after - before) / ((now - windowStart) / 1e9), (now - start) / 1e9);
            if (ends) {
                return (now - start) / 1e9;
            }
            before = after;
            windowStart = now;
        }
    }

    /** Counts windows of rest. */
    static final class Rest {

        private final WarmUp rule;
        private int atRest;

        Rest(WarmUp rule) {
            this.rule = rule;
        }

        /**
         * Whether the warm-up ends with this window.
         *
         * @param share of one processor that the compilers used in it
         * @param seconds since the beginning
         */
        boolean ends(double share, double seconds) {
            atRest = share < rule.restingShare ? atRest + 1 : 0;
            return atRest >= rule.windowsAtRest || seconds >= rule.maxSeconds;
        }
    }
}
