package io.shardeddb.server.store.transaction;

import io.shardeddb.protocol.schema.TableDefinition;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a request needs: rows for itself, and ranges that nobody changes.
 *
 * @param keys of rows that it changes, or depends on one by one
 * @param ranges that it has read
 */
public record LockNeeds(Set<LockKey> keys, List<LockRange> ranges) {

    /** Nothing. */
    public static final LockNeeds NONE = new LockNeeds(Set.of(), List.of());

    /** Whether two requests cannot have what they need at the same time. */
    public boolean conflictsWith(LockNeeds other, Function<String, @Nullable TableDefinition> tables) {
        return !Collections.disjoint(keys, other.keys)
                || anyWithin(keys, other.ranges, tables)
                || anyWithin(other.keys, ranges, tables);
    }

    static boolean anyWithin(
            Set<LockKey> keys, List<LockRange> ranges, Function<String, @Nullable TableDefinition> tables) {
        if (ranges.isEmpty()) {
            return false;
        }
        for (LockKey key : keys) {
            for (LockRange range : ranges) {
                if (range.contains(key, tables)) {
                    return true;
                }
            }
        }
        return false;
    }
}
