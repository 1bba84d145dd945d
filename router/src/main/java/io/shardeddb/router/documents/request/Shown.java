package io.shardeddb.router.documents.request;

/** Which document the answer to a change of one document shows. */
public enum Shown {
    NONE,
    /** The document as it was. */
    BEFORE,
    /** The document as it is now. */
    AFTER
}
