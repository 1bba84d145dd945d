package io.shardeddb.router.fake;

/** What becomes of a write that a leader takes. */
public enum WriteFault {
    NONE,
    /** It runs, and the connection breaks instead of an answer. */
    ANSWER_LOST,
    /** It runs, and nothing more comes. */
    SILENCE,
    /** Nothing comes, and it does not run. */
    NEVER_SEEN,
    /** It is told as unknown and runs later, as what a leader proposed that lost its leadership. */
    RUNS_LATER,
    /** The same, told as if it could never run: no server may say that. */
    RUNS_LATER_THOUGH_REFUSED
}
