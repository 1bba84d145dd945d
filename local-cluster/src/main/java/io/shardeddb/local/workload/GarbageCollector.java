package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Definitions;
import io.shardeddb.local.api.Deletion;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what depends on objects that are gone, or, in the foreground, before they go; and what a namespace or a
 * definition takes along.
 */
public final class GarbageCollector implements ControlLoop.Reconciler {
    private static final Duration SOON = Duration.ofMillis(200);

    private final Objects objects;

    private GarbageCollector(Objects objects) {
        this.objects = objects;
    }

    /** Starts the collector. */
    public static ControlLoop start(Objects objects) {
        GarbageCollector collector = new GarbageCollector(objects.as("garbage-collector"));
        return ControlLoop.start("garbage-collector", objects.store(), collector::concerns, collector);
    }

    private Set<ObjectKey> concerns(Event event) {
        Set<ObjectKey> keys = new LinkedHashSet<>();
        ObjectNode object = event.object();
        if (event.change() == Event.Change.DELETED) {
            String uid = Meta.uid(object);
            objects.store().all().forEach((key, dependent) -> {
                if (owners(dependent).stream().anyMatch(o -> uid.equals(Tree.text(o, "uid")))) {
                    keys.add(key);
                }
            });
            owners(object).forEach(o -> addOwner(o, event.key(), keys));
        } else if (!owners(object).isEmpty() || Meta.deleting(object)) {
            keys.add(event.key());
        }
        return keys;
    }

    private void addOwner(JsonNode reference, ObjectKey dependent, Set<ObjectKey> keys) {
        ObjectKey key = ownerKey(reference, dependent);
        if (key != null) {
            keys.add(key);
        }
    }

    private @Nullable ObjectKey ownerKey(JsonNode reference, ObjectKey dependent) {
        Kind kind = objects.kinds()
                .ofObject(
                        reference.path("apiVersion").asText(),
                        reference.path("kind").asText());
        return kind == null
                ? null
                : kind.key(dependent.namespace(), reference.path("name").asText());
    }

    private static List<JsonNode> owners(JsonNode object) {
        return Tree.items(Tree.at(object, "metadata", "ownerReferences"));
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode object = objects.store().get(key);
        if (object == null) {
            return null;
        }
        if (Meta.deleting(object)) {
            return finish(key, object);
        }
        List<JsonNode> owners = owners(object);
        List<JsonNode> living = new ArrayList<>();
        boolean foreground = false;
        for (JsonNode reference : owners) {
            ObjectKey ownerKey = ownerKey(reference, key);
            ObjectNode owner = ownerKey == null ? null : objects.store().get(ownerKey);
            if (owner != null && Meta.uid(owner).equals(Tree.text(reference, "uid"))) {
                boolean waits = Meta.deleting(owner) && Meta.finalizers(owner).contains(Deletion.FOREGROUND);
                foreground |= waits;
                if (!waits) {
                    living.add(reference);
                }
            }
        }
        if (owners.isEmpty() || living.size() == owners.size()) {
            return null;
        }
        if (living.isEmpty()) {
            ObjectNode options = Tree.object();
            options.put("propagationPolicy", foreground ? "Foreground" : "Background");
            objects.delete(object, key.resource(), options);
        } else {
            objects.change(object, key.resource(), current -> {
                ArrayNode left = Tree.array();
                living.forEach(left::add);
                Meta.of(current).set("ownerReferences", left);
                return current;
            });
        }
        return null;
    }

    private @Nullable Duration finish(ObjectKey key, ObjectNode object) {
        List<String> finalizers = Meta.finalizers(object);
        if (key.resource().equals("namespaces")) {
            return emptyNamespace(object);
        }
        if (key.resource().equals(Definitions.RESOURCE) && finalizers.contains(Definitions.CLEANUP)) {
            return emptyDefinition(key, object);
        }
        if (finalizers.contains(Deletion.ORPHAN)) {
            dependents(object)
                    .forEach((dependentKey, dependent) ->
                            objects.change(dependent, dependentKey.resource(), current -> {
                                ArrayNode left = Tree.array();
                                owners(current).stream()
                                        .filter(o -> !Meta.uid(object).equals(Tree.text(o, "uid")))
                                        .forEach(left::add);
                                Meta.of(current).set("ownerReferences", left);
                                return current;
                            }));
            drop(key, object, Deletion.ORPHAN);
            return null;
        }
        if (!finalizers.contains(Deletion.FOREGROUND)) {
            return null;
        }
        boolean blocked = false;
        ObjectNode options = Tree.object();
        options.put("propagationPolicy", "Foreground");
        for (Map.Entry<ObjectKey, ObjectNode> entry : dependents(object).entrySet()) {
            blocked |= blocks(entry.getValue(), Meta.uid(object));
            if (!Meta.deleting(entry.getValue())) {
                objects.delete(entry.getValue(), entry.getKey().resource(), options.deepCopy());
            }
        }
        if (!blocked || dependents(object).isEmpty()) {
            drop(key, object, Deletion.FOREGROUND);
            return null;
        }
        return SOON;
    }

    private static boolean blocks(JsonNode dependent, String uid) {
        return owners(dependent).stream()
                .anyMatch(o -> uid.equals(Tree.text(o, "uid"))
                        && o.path("blockOwnerDeletion").asBoolean());
    }

    private Map<ObjectKey, ObjectNode> dependents(ObjectNode owner) {
        Map<ObjectKey, ObjectNode> all = objects.store().all();
        all.values()
                .removeIf(o -> owners(o).stream().noneMatch(r -> Meta.uid(owner).equals(Tree.text(r, "uid"))));
        return all;
    }

    private void drop(ObjectKey key, ObjectNode object, String finalizer) {
        objects.change(object, key.resource(), current -> {
            ArrayNode left = Tree.array();
            Meta.finalizers(current).stream().filter(f -> !f.equals(finalizer)).forEach(left::add);
            Meta.of(current).set("finalizers", left);
            return current;
        });
    }

    private @Nullable Duration emptyNamespace(ObjectNode namespace) {
        boolean empty = true;
        for (Map.Entry<ObjectKey, ObjectNode> entry : objects.store().all().entrySet()) {
            if (entry.getKey().namespace().equals(Meta.name(namespace))) {
                empty = false;
                if (!Meta.deleting(entry.getValue())) {
                    objects.delete(entry.getValue(), entry.getKey().resource());
                }
            }
        }
        if (!empty) {
            return SOON;
        }
        objects.change(namespace, "namespaces", current -> {
            Tree.child(current, "spec").putArray("finalizers");
            return current;
        });
        return null;
    }

    private @Nullable Duration emptyDefinition(ObjectKey key, ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        String resource = Tree.textOr(spec, "", "names", "plural") + "."
                + spec.path("group").asText();
        List<ObjectNode> left = objects.list(resource, "");
        left.stream().filter(o -> !Meta.deleting(o)).forEach(o -> objects.delete(o, resource));
        if (!objects.list(resource, "").isEmpty()) {
            return SOON;
        }
        drop(key, definition, Definitions.CLEANUP);
        return null;
    }
}
