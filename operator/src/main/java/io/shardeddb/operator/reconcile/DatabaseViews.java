package io.shardeddb.operator.reconcile;

import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the database's reconciler knows and the reconciler of its shards needs; gone with the process, made anew by the next look. */
final class DatabaseViews {

    private final Map<String, DatabaseView> views = new ConcurrentHashMap<>();

    /**
     * One database.
     *
     * @param addresses per existing server, host:port
     * @param schema the tables wanted
     * @param paused whether the operator must not act
     */
    record DatabaseView(
            Map<String, String> addresses, @Nullable SchemaDefinition schema, boolean paused) {}

    void put(String namespace, String database, DatabaseView view) {
        views.put(namespace + "/" + database, view);
    }

    Optional<DatabaseView> get(String namespace, String database) {
        return Optional.ofNullable(views.get(namespace + "/" + database));
    }

    void remove(String namespace, String database) {
        views.remove(namespace + "/" + database);
    }
}
