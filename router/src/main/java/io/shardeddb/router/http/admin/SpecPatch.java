package io.shardeddb.router.http.admin;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseSpec;
import java.util.Map;

/**
 * An edit as the API gets it: the fields that /init, /add and /rm change, and no others. What this program does not
 * know of the object, and what it has no right to change, stays as it is stored.
 */
final class SpecPatch {

    private SpecPatch() {}

    /**
     * The JSON merge patch. With the object's version: somebody else's change in between is a conflict, and the edit is
     * made once more.
     *
     * @param before the object that was read
     * @param after its spec as it should be
     */
    static String of(ShardedDatabase before, ShardedDatabaseSpec after) {
        return Serialization.asJson(Map.of(
                "metadata",
                Map.of("resourceVersion", before.getMetadata().getResourceVersion()),
                "spec",
                Map.of(
                        "tables", after.tables(),
                        "shards", after.shards(),
                        "servers",
                                Map.of(
                                        "count", after.servers().count(),
                                        "named", after.servers().named()))));
    }
}
