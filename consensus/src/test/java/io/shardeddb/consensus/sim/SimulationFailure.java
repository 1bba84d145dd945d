package io.shardeddb.consensus.sim;

/** An invariant does not hold. */
public final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The claim that was broken, and how. */
    public SimulationFailure(String what) {
        super(what);
    }
}
