package io.shardeddb.local.kind;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.schema.Structural;
import io.shardeddb.local.store.ObjectKey;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the API knows of one kind in one version.
 *
 * @param group the API group, empty for the core group
 * @param version the version
 * @param kind the kind's name
 * @param plural the resource's name in paths
 * @param singular the resource's name for one
 * @param namespaced whether objects live in namespaces
 * @param shortNames further names for the command line
 * @param categories the categories that the kind is listed in
 * @param subresources the paths below an object, as in status and scale
 * @param countsGenerations whether a change of the spec raises the generation
 * @param custom what the definition of a custom kind adds, null for built-in kinds
 */
public record Kind(
        String group,
        String version,
        String kind,
        String plural,
        String singular,
        boolean namespaced,
        List<String> shortNames,
        List<String> categories,
        Set<String> subresources,
        boolean countsGenerations,
        @Nullable Custom custom) {

    /**
     * What the definition of a custom kind adds.
     *
     * @param schema the schema of the version
     * @param columns the additional printer columns
     * @param scale the paths of the scale subresource, or a missing node
     * @param storageVersion the version in which objects are held
     */
    public record Custom(Structural schema, JsonNode columns, JsonNode scale, String storageVersion) {}

    /** The group and version as objects name them. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The resource as the store and messages name it: {@code statefulsets.apps}, {@code pods}. */
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** The kind of lists of these objects. */
    public String listKind() {
        return kind + "List";
    }

    /** Whether a path below the object exists. */
    public boolean has(String subresource) {
        return subresources.contains(subresource);
    }

    /** The key of one object. */
    public ObjectKey key(String namespace, String name) {
        return new ObjectKey(resource(), namespaced ? namespace : "", name);
    }

    static String singularOf(String kind) {
        return kind.toLowerCase(Locale.ROOT);
    }
}
