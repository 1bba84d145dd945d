package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;

/**
 * Which paths two versions of an object differ in.
 *
 * @param changed paths that are new or have another value
 * @param removed paths that are gone
 */
record Comparison(FieldSet changed, FieldSet removed) {
    static Comparison of(JsonNode before, JsonNode after, MergeType type) {
        Comparison comparison = new Comparison(FieldSet.empty(), FieldSet.empty());
        compare(before, after, type, comparison.changed, comparison.removed);
        return new Comparison(comparison.changed.pruned(), comparison.removed.pruned());
    }

    private static void compare(JsonNode before, JsonNode after, MergeType type, FieldSet changed, FieldSet removed) {
        if (Tree.same(before, after)) {
            return;
        }
        if (before instanceof ObjectNode && after instanceof ObjectNode && type instanceof MergeType.Fields fields) {
            compareFields(before, after, fields, changed, removed);
        } else if (before instanceof ArrayNode && after instanceof ArrayNode && type instanceof MergeType.Keyed keyed) {
            compareItems(before, after, keyed, changed, removed);
        } else if (before instanceof ArrayNode && after instanceof ArrayNode && type instanceof MergeType.ValueSet) {
            compareValues(before, after, changed, removed);
        } else {
            changed.add();
        }
    }

    private static void compareFields(
            JsonNode before, JsonNode after, MergeType.Fields fields, FieldSet changed, FieldSet removed) {
        before.properties().forEach(e -> {
            if (!after.has(e.getKey())) {
                merge(removed, "f:" + e.getKey(), FieldSet.of(e.getValue(), fields.of(e.getKey())), true);
            }
        });
        after.properties().forEach(e -> {
            String step = "f:" + e.getKey();
            MergeType type = fields.of(e.getKey());
            JsonNode old = before.get(e.getKey());
            if (old == null) {
                boolean container = e.getValue().isContainerNode() && !(type instanceof MergeType.Atomic);
                merge(changed, step, FieldSet.of(e.getValue(), type), container);
            } else {
                compare(old, e.getValue(), type, changed.step(step), removed.step(step));
            }
        });
    }

    private static void compareItems(
            JsonNode before, JsonNode after, MergeType.Keyed keyed, FieldSet changed, FieldSet removed) {
        for (JsonNode item : before) {
            if (keyed.indexOf(after, item) < 0) {
                merge(removed, FieldSet.keyStep(keyed, item), FieldSet.of(item, keyed.element()), true);
            }
        }
        for (JsonNode item : after) {
            String step = FieldSet.keyStep(keyed, item);
            int old = keyed.indexOf(before, item);
            if (old < 0) {
                merge(changed, step, FieldSet.of(item, keyed.element()), true);
            } else {
                compare(before.get(old), item, keyed.element(), changed.step(step), removed.step(step));
            }
        }
    }

    private static void compareValues(JsonNode before, JsonNode after, FieldSet changed, FieldSet removed) {
        for (JsonNode item : before) {
            if (!contains(after, item)) {
                removed.step(FieldSet.valueStep(item)).add();
            }
        }
        for (JsonNode item : after) {
            if (!contains(before, item)) {
                changed.step(FieldSet.valueStep(item)).add();
            }
        }
    }

    static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode item : list) {
            if (Tree.same(item, value)) {
                return true;
            }
        }
        return false;
    }

    private static void merge(FieldSet into, String step, FieldSet below, boolean withSelf) {
        FieldSet target = into.step(step);
        copy(below, target);
        if (withSelf) {
            target.add();
        }
    }

    private static void copy(FieldSet from, FieldSet to) {
        if (from.isMember()) {
            to.add();
        }
        from.entries().forEach(e -> copy(e.getValue(), to.step(e.getKey())));
    }
}
