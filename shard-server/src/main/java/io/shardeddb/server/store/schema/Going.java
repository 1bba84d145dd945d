package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.HashSet;
import java.util.Set;

/**
 * What a definition names to go, "table" or "table.column": when the shard has it and the definition does not, or has
 * something else of the name.
 *
 * @param drops what goes with its values
 * @param takesBack what goes only where it holds nothing
 */
public record Going(Set<String> drops, Set<String> takesBack) {

    /** Nothing goes. */
    public static final Going NOTHING = new Going(Set.of(), Set.of());

    public Going {
        drops = Set.copyOf(drops);
        takesBack = Set.copyOf(takesBack);
    }

    /** What a definition names. */
    public static Going of(SchemaDefinition definition) {
        return new Going(new HashSet<>(definition.getDropsList()), new HashSet<>(definition.getTakesBackList()));
    }

    /** Everything, whatever it may hold. */
    Set<String> all() {
        if (takesBack.isEmpty()) {
            return drops;
        }
        Set<String> all = new HashSet<>(drops);
        all.addAll(takesBack);
        return all;
    }
}
