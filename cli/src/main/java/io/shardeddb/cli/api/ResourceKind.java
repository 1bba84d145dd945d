package io.shardeddb.cli.api;

import org.jspecify.annotations.Nullable;

/**
 * A kind of object as the API serves it.
 *
 * @param apiVersion {@code v1} or {@code group/version}
 * @param kind for example {@code ShardedDatabase}
 * @param plural name in paths
 * @param namespaced whether its objects lie in namespaces
 */
public record ResourceKind(String apiVersion, String kind, String plural, boolean namespaced) {

    /**
     * Path of all objects of a namespace.
     *
     * @param namespace null for all namespaces
     */
    public String path(@Nullable String namespace) {
        String root = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
        return root + (namespaced && namespace != null ? "/namespaces/" + namespace : "") + "/" + plural;
    }

    /** Path of one object. */
    public String path(@Nullable String namespace, String name) {
        return path(namespace) + "/" + name;
    }
}
