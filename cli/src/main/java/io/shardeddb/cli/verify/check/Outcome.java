package io.shardeddb.cli.verify.check;

/** What a client knows of a write. */
public enum Outcome {
    /** It is done. */
    DONE,
    /** It has not happened and never will. */
    REFUSED,
    /** It may have happened, or may still. */
    UNKNOWN
}
