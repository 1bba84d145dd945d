package io.shardeddb.simulator.consensus;

/** An invariant does not hold. */
final class SimulationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String claim;

    /** The claim that was broken, and how. */
    SimulationFailure(String what) {
        super(what);
        claim = what;
    }

    @Override
    public String getMessage() {
        return claim;
    }
}
