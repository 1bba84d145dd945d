package io.shardeddb.operator.reconcile;

import io.shardeddb.operator.plan.database.DatabaseView;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the database's reconciler knows and the reconciler of its shards needs; gone with the process, made again by the
 * next reconcile.
 */
final class DatabaseViews {

    private final Map<String, DatabaseView> views = new ConcurrentHashMap<>();
    private final Map<String, Integer> sizes = new ConcurrentHashMap<>();
    private final AtomicLong objects = new AtomicLong();

    /** @param shards how many shards it has */
    void put(String namespace, String database, DatabaseView view, int shards) {
        views.put(namespace + "/" + database, view);
        resize(namespace + "/" + database, shards + 1);
    }

    private void resize(String key, int size) {
        Integer before = size == 0 ? sizes.remove(key) : sizes.put(key, size);
        objects.addAndGet(size - (before == null ? 0 : before));
    }

    /** Databases and shards, together. */
    long objects() {
        return objects.get();
    }

    Optional<DatabaseView> get(String namespace, String database) {
        return Optional.ofNullable(views.get(namespace + "/" + database));
    }

    void remove(String namespace, String database) {
        views.remove(namespace + "/" + database);
        resize(namespace + "/" + database, 0);
    }
}
