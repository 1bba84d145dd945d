package io.shardeddb.consensus;

/**
 * Times and bounds of a replica; equal on all members of a group as far as times are concerned.
 *
 * @param heartbeatInterval nanoseconds between two heartbeats of a leader
 * @param electionTimeout nanoseconds, E. A follower that hears nothing campaigns after a random time in [E, 2E). For E
 *     after it heard from a leader, and for E after it started, a voter refuses to vote. A leader without a quorum for
 *     2E steps down.
 * @param maxClockDrift by which fraction the speeds of two members' clocks may differ; 0.1 is ten per cent
 * @param leaderLease whether strong reads may rely on a lease instead of a round of heartbeats. This trusts
 *     {@code maxClockDrift}, and that the clock counts while a machine is suspended.
 * @param maxAppendBytes about how much one append message carries, at least one entry
 * @param maxInflightAppends how many append messages may be unacknowledged per member
 * @param maxInflightBytes how many bytes may be unacknowledged per member
 * @param maxUncommittedBytes how many proposed bytes may wait for commit before proposals are refused as busy
 */
public record Settings(
        long heartbeatInterval,
        long electionTimeout,
        double maxClockDrift,
        boolean leaderLease,
        int maxAppendBytes,
        int maxInflightAppends,
        int maxInflightBytes,
        long maxUncommittedBytes) {

    /** Heartbeats every 100 ms, elections after 500 to 1000 ms, no lease. */
    public static final Settings DEFAULT =
            new Settings(100_000_000L, 500_000_000L, 0.1, false, 1 << 20, 64, 8 << 20, 64L << 20);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is not positive, the election time-out is below three heartbeats, or
     *     the drift is not in [0, 1)
     */
    public Settings {
        if (heartbeatInterval <= 0 || electionTimeout < 3 * heartbeatInterval) {
            throw new IllegalArgumentException("election time-out " + electionTimeout
                    + " ns must be at least three heartbeat intervals of " + heartbeatInterval + " ns");
        }
        if (!(maxClockDrift >= 0 && maxClockDrift < 1)) {
            throw new IllegalArgumentException("clock drift " + maxClockDrift + " must be in [0, 1)");
        }
        if (maxAppendBytes <= 0 || maxInflightAppends <= 0 || maxInflightBytes <= 0 || maxUncommittedBytes <= 0) {
            throw new IllegalArgumentException("bounds of flow control must be positive");
        }
    }

    /** How long a lease lasts, in nanoseconds from the sending of the round that confirmed it. */
    public long lease() {
        return (long) (electionTimeout / (1 + maxClockDrift));
    }

    /** The same settings with or without leader leases. */
    public Settings withLeaderLease(boolean enabled) {
        return new Settings(
                heartbeatInterval,
                electionTimeout,
                maxClockDrift,
                enabled,
                maxAppendBytes,
                maxInflightAppends,
                maxInflightBytes,
                maxUncommittedBytes);
    }
}
