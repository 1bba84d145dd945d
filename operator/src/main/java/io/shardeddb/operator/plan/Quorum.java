package io.shardeddb.operator.plan;

/**
 * Sizes of quorums for n voters: the majority by default, t + 1 and n - t where a fault tolerance t is set; together
 * always more than n.
 */
public final class Quorum {

    private Quorum() {}

    /** Acknowledgements that a write needs; never below min(2, n). */
    public static int commit(int voters, int faultTolerance) {
        int size = effective(voters, faultTolerance) == 0 ? voters / 2 + 1 : faultTolerance + 1;
        return Math.max(size, Math.min(2, voters));
    }

    /** Votes that an election needs. */
    public static int election(int voters, int faultTolerance) {
        int tolerance = effective(voters, faultTolerance);
        return tolerance == 0 ? voters / 2 + 1 : voters - tolerance;
    }

    /** The tolerance as far as so many voters allow it; 0 means majorities. */
    public static int effective(int voters, int faultTolerance) {
        return faultTolerance >= 1 && 2 * faultTolerance + 1 <= voters ? faultTolerance : 0;
    }
}
