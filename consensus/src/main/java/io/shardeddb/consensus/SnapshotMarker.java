package io.shardeddb.consensus;

/**
 * Where a log begins: everything up to and including {@code index} is contained in the state machine and no longer in
 * the log.
 *
 * @param index the last index that the log no longer contains; 0 for a log that begins at 1
 * @param term the term of the entry at that index; 0 at index 0
 * @param configuration the configuration in force at that index
 * @param configurationIndex the index of the entry that brought this configuration; 0 if it was given at the beginning
 */
public record SnapshotMarker(long index, long term, Configuration configuration, long configurationIndex) {
    /** The marker of a member that waits to be contacted by its group. */
    public static final SnapshotMarker NOTHING = new SnapshotMarker(0, 0, Configuration.EMPTY, 0);

    /** The marker of the first member (or, in tests, members) of a new group. */
    public static SnapshotMarker bootstrap(VoterSet voters) {
        return new SnapshotMarker(0, 0, Configuration.of(voters), 0);
    }
}
