package io.shardeddb.consensus;

/** What a replica is at the moment. A learner is a follower that its configuration does not count. */
public enum Role {
    /** Follows a leader, or waits for one. */
    FOLLOWER,
    /** Asks whether it could win an election, without disturbing anybody. */
    PRE_CANDIDATE,
    /** Asks for votes in a new term. */
    CANDIDATE,
    /** Leads its term. */
    LEADER
}
