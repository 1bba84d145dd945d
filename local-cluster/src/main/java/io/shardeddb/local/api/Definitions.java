package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;

/** Makes kinds of CustomResourceDefinitions: a definition counts from the moment it is stored. */
public final class Definitions {
    /** The resource of definitions. */
    public static final String RESOURCE = "customresourcedefinitions.apiextensions.k8s.io";

    /** The finalizer that keeps a definition until its objects are gone. */
    public static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

    private Definitions() {}

    /** Takes the definitions that there are and follows their changes. */
    public static void follow(ObjectStore store, Kinds kinds) {
        store.list(RESOURCE, "").objects().forEach(d -> kinds.define(Meta.name(d), Kinds.ofDefinition(d)));
        store.listen(event -> {
            if (!event.key().resource().equals(RESOURCE)) {
                return;
            }
            if (event.change() == Event.Change.DELETED) {
                kinds.undefine(event.key().name());
            } else {
                kinds.define(event.key().name(), Kinds.ofDefinition(event.object()));
            }
        });
    }

    /** Writes the status of a definition that is accepted. */
    static void establish(ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        ObjectNode status = definition.putObject("status");
        status.set("acceptedNames", spec.path("names").deepCopy());
        ArrayNode stored = status.putArray("storedVersions");
        for (JsonNode version : spec.path("versions")) {
            if (version.path("storage").asBoolean()) {
                stored.add(version.path("name").asText());
            }
        }
        String time = Tree.textOr(definition, "", "metadata", "creationTimestamp");
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", time);
        condition(conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted", time);
    }

    private static void condition(ArrayNode conditions, String type, String reason, String message, String time) {
        ObjectNode condition = conditions.addObject();
        condition.put("type", type);
        condition.put("status", "True");
        condition.put("reason", reason);
        condition.put("message", message);
        condition.put("lastTransitionTime", time);
    }
}
