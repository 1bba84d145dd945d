package io.shardeddb.protocol.leader;

/**
 * How good a leader a replica would be, as long as nothing better was learned: 40 % latency, 40 % stability, 20 % lag.
 */
public final class LeaderScore {
    private static final double LATENCY = 0.4;
    private static final double STABILITY = 0.4;
    private static final double LAG = 0.2;

    /** So many seconds of uptime weigh as much as one crash. */
    private static final double SECONDS_PER_CRASH = 100;

    private LeaderScore() {}

    /**
     * What is known of a candidate.
     *
     * @param latencyMillis how long it takes to answer, 0 or more
     * @param uptimeSeconds how long it has been running
     * @param crashes how often its process ended before
     * @param lag how many committed entries it lacks
     * @param healthy whether it may lead at all
     */
    public record Candidate(double latencyMillis, double uptimeSeconds, long crashes, long lag, boolean healthy) {}

    /** The score, from 0, for who may not lead, to just below 1. */
    public static double of(Candidate candidate) {
        if (!candidate.healthy()) {
            return 0;
        }
        return LATENCY / (candidate.latencyMillis() + 1)
                + STABILITY
                        * candidate.uptimeSeconds()
                        / (candidate.uptimeSeconds() + SECONDS_PER_CRASH * candidate.crashes() + 1)
                + LAG / (candidate.lag() + 1.0);
    }
}
