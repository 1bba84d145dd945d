package io.shardeddb.consensus;

import java.util.List;

/**
 * What a replica starts from. The keeper has forced all of it again before: what a process finds in the page cache
 * after a crash is not yet on the disk.
 *
 * @param hardState the stored hard state
 * @param marker where the log begins
 * @param configurationEntries all entries of the log above the marker with a {@link Payload.Membership}, in their order
 * @param appliedIndex what the state machine has applied, at least the marker's index
 */
public record Recovered(
        HardState hardState, SnapshotMarker marker, List<LogEntry> configurationEntries, long appliedIndex) {

    /** A member that waits for its group. */
    public static final Recovered NEW_MEMBER = new Recovered(HardState.INITIAL, SnapshotMarker.NOTHING, List.of(), 0);

    /** The first member of a new group, or all of them in a test. */
    public static Recovered bootstrap(VoterSet voters) {
        return new Recovered(HardState.INITIAL, SnapshotMarker.bootstrap(voters), List.of(), 0);
    }
}
