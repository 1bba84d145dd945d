package io.shardeddb.crds;

/** What a member does in its group. */
public enum MemberRole {
    /** Counts for commits and elections. */
    Voter,
    /** Receives the log and does not count. */
    Learner,
}
