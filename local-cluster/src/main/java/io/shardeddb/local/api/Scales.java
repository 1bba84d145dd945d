package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;

/** The scale subresource: one number of an object, in the same shape for every kind. */
final class Scales {
    private Scales() {}

    static ObjectNode of(Kind kind, ObjectNode object) {
        Kind.Custom custom = kind.custom();
        ObjectNode scale = Tree.object();
        scale.put("kind", "Scale");
        scale.put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
            JsonNode value = Tree.at(object, "metadata", field);
            if (!value.isMissingNode()) {
                metadata.set(field, value);
            }
        }
        scale.putObject("spec")
                .put("replicas", JsonPaths.first(object, specPath(kind)).asInt(0));
        ObjectNode status = scale.putObject("status");
        String statusPath = custom == null
                ? ".status.replicas"
                : custom.scale().path("statusReplicasPath").asText();
        status.put("replicas", JsonPaths.first(object, statusPath).asInt(0));
        if (custom == null) {
            status.put("selector", Selector.text(Tree.at(object, "spec", "selector")));
        } else if (custom.scale().has("labelSelectorPath")) {
            status.put(
                    "selector",
                    JsonPaths.first(
                                    object,
                                    custom.scale().path("labelSelectorPath").asText())
                            .asText());
        }
        return scale;
    }

    private static String specPath(Kind kind) {
        Kind.Custom custom = kind.custom();
        return custom == null
                ? ".spec.replicas"
                : custom.scale().path("specReplicasPath").asText();
    }

    /** Lays a Scale over its object. */
    static ObjectNode into(Kind kind, ObjectNode object, JsonNode scale) {
        JsonNode replicas = Tree.at(scale, "spec", "replicas");
        if (!replicas.isIntegralNumber() || replicas.asInt() < 0) {
            throw ApiException.badRequest("spec.replicas of a Scale is a number that is not negative, not " + replicas);
        }
        ObjectNode at = object;
        String[] path = specPath(kind).substring(1).split("\\.", -1);
        for (int i = 0; i < path.length - 1; i++) {
            at = Tree.child(at, path[i]);
        }
        at.set(path[path.length - 1], replicas);
        String revision = Tree.text(scale, "metadata", "resourceVersion");
        if (revision != null) {
            Meta.of(object).put("resourceVersion", revision);
        }
        return object;
    }
}
