package io.shardeddb.crds;

/** What happens to volumes whose server goes for good. */
public enum DeletionPolicy {
    /** They stay, and are adopted again by a server of the same name. */
    Retain,
    /** They are removed. */
    Delete,
}
