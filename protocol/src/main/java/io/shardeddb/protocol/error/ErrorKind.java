package io.shardeddb.protocol.error;

/** What a caller may conclude from an error. */
public enum ErrorKind {
    /** Understood, allowed in form, and not done because of the present state; nothing changed. */
    REFUSED,
    /** The environment or the software failed; nothing changed. */
    FAILED,
    /** It may or may not have happened. */
    UNKNOWN,
    /** The request itself is wrong; it will never succeed as it is; nothing changed. */
    INVALID,
    /** Not now: too much work, or no leader yet; nothing changed; try again later. */
    BUSY
}
