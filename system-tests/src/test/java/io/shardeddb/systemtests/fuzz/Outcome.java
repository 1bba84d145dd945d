package io.shardeddb.systemtests.fuzz;

/** What came of a question, or of one row of a write. */
public enum Outcome {
    /** Written. */
    ACKNOWLEDGED,
    /** Nothing was changed. */
    REFUSED,
    /** Nobody knows, until the end. */
    UNKNOWN,
    /** A read that was answered, and judged. */
    READ,
    /** A read that was not answered: an error, or an answer that broke off. */
    UNREAD
}
