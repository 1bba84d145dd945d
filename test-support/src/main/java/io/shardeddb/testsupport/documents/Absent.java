package io.shardeddb.testsupport.documents;

/** What stands where there is no other value. */
public enum Absent {
    /** The null of JSON. */
    NULL,
    /** There is no member, or no element, at a path. */
    MISSING
}
