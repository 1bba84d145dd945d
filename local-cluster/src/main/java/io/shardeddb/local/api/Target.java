package io.shardeddb.local.api;

import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.store.ObjectKey;
import org.jspecify.annotations.Nullable;

/**
 * What a path names.
 *
 * @param kind the kind
 * @param namespace the namespace, empty for all or none
 * @param name the object, empty for the collection
 * @param subresource what is below the object, empty for the object itself
 */
record Target(Kind kind, String namespace, String name, String subresource) {
    /** Reads a path below {@code /api/v1} or {@code /apis/<group>/<version>}; null when there is nothing there. */
    static @Nullable Target of(Kinds kinds, String path) {
        String[] parts = path.substring(1).split("/", -1);
        int at = parts[0].equals("api") ? 2 : 3;
        if (parts.length <= at) {
            return null;
        }
        String group = parts[0].equals("api") ? "" : parts[1];
        String version = parts[at - 1];
        String namespace = "";
        // A namespace itself and its subresources have paths that begin like those of things in it.
        boolean scoped = parts[at].equals("namespaces")
                && parts.length > at + 2
                && kinds.ofPath(group, version, parts[at + 2]) != null;
        if (scoped) {
            namespace = parts[at + 1];
            at += 2;
        }
        Kind kind = kinds.ofPath(group, version, parts[at]);
        if (kind == null || parts.length > at + 3 || (scoped && !kind.namespaced())) {
            return null;
        }
        String name = parts.length > at + 1 ? parts[at + 1] : "";
        String subresource = parts.length > at + 2 ? parts[at + 2] : "";
        if ((!subresource.isEmpty() && !kind.has(subresource))
                || (!name.isEmpty() && kind.namespaced() && namespace.isEmpty())) {
            return null;
        }
        return new Target(kind, namespace, name, subresource);
    }

    ObjectKey key() {
        return kind.key(namespace, name);
    }

    Target with(Kind other) {
        return new Target(other, namespace, name, subresource);
    }
}
