package io.shardeddb.simulator;

import java.util.List;

/** Which kinds of faults may strike in a run. */
public final class AllowedFaults {
    /** Every kind that there is. */
    public static final AllowedFaults ALL = new AllowedFaults(true, List.of());

    private final boolean all;
    private final List<String> kinds;

    private AllowedFaults(boolean all, List<String> kinds) {
        this.all = all;
        this.kinds = kinds;
    }

    /** These kinds only. An empty list is a run without faults. */
    public static AllowedFaults only(List<String> kinds) {
        return new AllowedFaults(false, List.copyOf(kinds));
    }

    /** Whether faults of this kind may strike. */
    public boolean allows(String kind) {
        return all || kinds.contains(kind);
    }
}
