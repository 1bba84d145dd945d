package io.shardeddb.local.api;

/**
 * What accompanies a write.
 *
 * @param manager the field manager
 * @param dryRun whether to stop before storing
 * @param strict whether unknown fields are refused instead of dropped
 * @param force whether an apply takes fields over from other managers
 */
public record WriteOptions(String manager, boolean dryRun, boolean strict, boolean force) {
    /** The options of a plain write by this manager. */
    public static WriteOptions of(String manager) {
        return new WriteOptions(manager, false, false, false);
    }
}
