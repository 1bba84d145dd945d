package io.shardeddb.operator.plan.database;

import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the reconciles of a database's shards need of it.
 *
 * @param addresses per existing server, host:port
 * @param schema the tables wanted; absent: none, or they are not recorded yet
 * @param earlier definitions that came into force before those, in their order: a shard that is further back gets one
 *     after the other
 * @param paused whether the operator must not act
 */
public record DatabaseView(
        Map<String, String> addresses,
        @Nullable SchemaDefinition schema,
        List<SchemaDefinition> earlier,
        boolean paused) {

    public DatabaseView {
        earlier = List.copyOf(earlier);
    }
}
