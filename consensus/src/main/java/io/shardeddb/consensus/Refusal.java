package io.shardeddb.consensus;

/** Why a request was refused. A refused request has had and will have no effect. */
public enum Refusal {
    /** This replica does not lead; ask the leader it names, if it names one. */
    NOT_LEADER,
    /** Too many proposed bytes wait for commit; ask again later. */
    BUSY,
    /** Leadership is being handed over; ask the next leader. */
    TRANSFERRING,
    /** The leader has not yet committed an entry of its own term; ask again soon. */
    TERM_NOT_COMMITTED,
    /** Another membership change is under way. */
    CHANGE_PENDING,
    /** The request was made on another committed configuration than the present one; observe again. */
    CONFIGURATION_CHANGED,
    /**
     * A member that would vote has not yet, or has not yet applied, what the leader had committed at the request; ask
     * again soon.
     */
    NOT_CAUGHT_UP,
    /** Without both quorums among live members the change could never be completed. */
    NO_QUORUM,
    /** The member lost what it had acknowledged, or its state differs. */
    QUARANTINED,
    /** The named member cannot do this: it is unknown, this replica itself, or not a voter. */
    NOT_ELIGIBLE,
    /** A leader is known, so that there is nothing to recover from. */
    HAS_LEADER,
    /** The log does not end where it was seen to end; observe again. */
    LOG_DIFFERS,
    /** The change would bring back a member id that was removed: prepare a new one. */
    RETIRED,
    /** The change would change nothing, or would leave nobody. */
    INVALID
}
