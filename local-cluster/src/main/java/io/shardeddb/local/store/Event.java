package io.shardeddb.local.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One change of one object.
 *
 * @param change what happened
 * @param revision the store's revision of the change
 * @param key which object
 * @param object the object after the change, or as it last was when it was removed
 * @param previous the object before the change, null when it is new
 */
public record Event(
        Change change,
        long revision,
        ObjectKey key,
        ObjectNode object,
        @Nullable ObjectNode previous) {
    /** What happened to an object. */
    public enum Change {
        ADDED,
        MODIFIED,
        DELETED
    }
}
