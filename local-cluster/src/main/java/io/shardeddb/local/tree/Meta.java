package io.shardeddb.local.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metadata that all objects share. */
public final class Meta {
    private Meta() {}

    /** The object's name, or an empty text. */
    public static String name(JsonNode object) {
        return Tree.textOr(object, "", "metadata", "name");
    }

    /** The object's namespace, or an empty text. */
    public static String namespace(JsonNode object) {
        return Tree.textOr(object, "", "metadata", "namespace");
    }

    /** The object's unique id, or an empty text. */
    public static String uid(JsonNode object) {
        return Tree.textOr(object, "", "metadata", "uid");
    }

    /** The revision of the object's last change; 0 when it was never stored. */
    public static long revision(JsonNode object) {
        return Tree.at(object, "metadata", "resourceVersion").asLong(0);
    }

    /** The object's metadata, made when missing. */
    public static ObjectNode of(ObjectNode object) {
        return Tree.child(object, "metadata");
    }

    /** The object's labels. */
    public static Map<String, String> labels(JsonNode object) {
        return Tree.strings(Tree.at(object, "metadata", "labels"));
    }

    /** One annotation, or null. */
    public static @Nullable String annotation(JsonNode object, String key) {
        return Tree.text(object, "metadata", "annotations", key);
    }

    /** The object's finalizers. */
    public static List<String> finalizers(JsonNode object) {
        return Tree.texts(Tree.at(object, "metadata", "finalizers"));
    }

    /** Whether deletion was asked for. */
    public static boolean deleting(JsonNode object) {
        return Tree.at(object, "metadata", "deletionTimestamp").isTextual();
    }

    /** The reference to the controller that owns the object, or null. */
    public static @Nullable JsonNode controller(JsonNode object) {
        for (JsonNode reference : Tree.at(object, "metadata", "ownerReferences")) {
            if (reference.path("controller").asBoolean()) {
                return reference;
            }
        }
        return null;
    }

    /** Whether the object with this uid controls the given one. */
    public static boolean controlledBy(JsonNode object, String uid) {
        JsonNode controller = controller(object);
        return controller != null && uid.equals(controller.path("uid").asText());
    }

    /** Makes {@code owner} the controller of {@code object}. */
    public static void own(ObjectNode object, JsonNode owner) {
        ObjectNode reference = of(object).putArray("ownerReferences").addObject();
        reference.put("apiVersion", owner.path("apiVersion").asText());
        reference.put("kind", owner.path("kind").asText());
        reference.put("name", name(owner));
        reference.put("uid", uid(owner));
        reference.put("controller", true);
        reference.put("blockOwnerDeletion", true);
    }

    /** An instant as Kubernetes writes it: UTC, whole seconds. */
    public static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
