package io.shardeddb.local.store;

/**
 * Names one object.
 *
 * @param resource the resource: plural name and group, as in {@code statefulsets.apps}, or {@code pods} in the core
 *     group
 * @param namespace the namespace, empty for objects of the whole cluster
 * @param name the name
 */
public record ObjectKey(String resource, String namespace, String name) implements Comparable<ObjectKey> {
    @Override
    public int compareTo(ObjectKey other) {
        int byResource = resource.compareTo(other.resource);
        if (byResource != 0) {
            return byResource;
        }
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? resource + "/" + name : resource + "/" + namespace + "/" + name;
    }
}
