package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two halves of server-side apply: adding what is wanted, and removing what no longer is. */
final class ApplyMerge {
    private ApplyMerge() {}

    /**
     * Refuses a list that names one of its items twice: which of the two is wanted nobody could tell.
     *
     * @param path of the value, for the message
     * @throws InvalidPatch naming the list and the key
     */
    static void refuseDuplicates(JsonNode wanted, MergeType type, String path) throws InvalidPatch {
        if (wanted instanceof ObjectNode && type instanceof MergeType.Fields fields) {
            for (Map.Entry<String, JsonNode> field : wanted.properties()) {
                refuseDuplicates(field.getValue(), fields.of(field.getKey()), path + "." + field.getKey());
            }
        } else if (wanted instanceof ArrayNode list && type instanceof MergeType.Keyed keyed) {
            for (int i = 0; i < list.size(); i++) {
                if (keyed.indexOf(list, list.get(i)) != i) {
                    throw new InvalidPatch(path + ": duplicate entries for key " + keyed.keyOf(list.get(i)));
                }
                refuseDuplicates(list.get(i), keyed.element(), path);
            }
        }
    }

    /** The live value with the wanted one laid over it. */
    static JsonNode merge(@Nullable JsonNode live, JsonNode wanted, MergeType type) {
        if (live instanceof ObjectNode && wanted instanceof ObjectNode && type instanceof MergeType.Fields fields) {
            ObjectNode merged = live.deepCopy();
            wanted.properties()
                    .forEach(e ->
                            merged.set(e.getKey(), merge(live.get(e.getKey()), e.getValue(), fields.of(e.getKey()))));
            return merged;
        }
        if (live instanceof ArrayNode && wanted instanceof ArrayNode && type instanceof MergeType.Keyed keyed) {
            ArrayNode merged = live.deepCopy();
            for (JsonNode item : wanted) {
                int index = keyed.indexOf(merged, item);
                if (index < 0) {
                    merged.add(item.deepCopy());
                } else {
                    merged.set(index, merge(merged.get(index), item, keyed.element()));
                }
            }
            return merged;
        }
        if (live instanceof ArrayNode && wanted instanceof ArrayNode && type instanceof MergeType.ValueSet) {
            ArrayNode merged = live.deepCopy();
            for (JsonNode item : wanted) {
                if (!Comparison.contains(merged, item)) {
                    merged.add(item.deepCopy());
                }
            }
            return merged;
        }
        return wanted.deepCopy();
    }

    /**
     * Removes what a manager wanted before and wants no more.
     *
     * @param unwanted the paths no longer wanted
     * @param held the paths that someone still holds, which stay
     */
    static void remove(JsonNode value, FieldSet unwanted, FieldSet held, MergeType type) {
        for (Map.Entry<String, FieldSet> entry : unwanted.entries()) {
            String step = entry.getKey();
            FieldSet below = entry.getValue();
            FieldSet heldBelow = held.below(step);
            if (step.startsWith("f:") && value instanceof ObjectNode object) {
                String field = step.substring(2);
                JsonNode child = object.get(field);
                if (child == null) {
                    continue;
                }
                MergeType childType = type instanceof MergeType.Fields fields ? fields.of(field) : MergeType.UNTYPED;
                if (heldBelow == null && (below.isMember() || !hasForeign(child, below, childType))) {
                    object.remove(field);
                } else {
                    remove(child, below, heldBelow == null ? FieldSet.empty() : heldBelow, childType);
                    dropEmptied(object, field, heldBelow);
                }
            } else if (step.startsWith("k:")
                    && value instanceof ArrayNode list
                    && type instanceof MergeType.Keyed keyed) {
                int index = keyed.indexOf(list, Tree.parseOwn(step.substring(2)));
                if (index >= 0 && heldBelow == null && below.isMember()) {
                    list.remove(index);
                } else if (index >= 0) {
                    remove(list.get(index), below, heldBelow == null ? FieldSet.empty() : heldBelow, keyed.element());
                }
            } else if (step.startsWith("v:") && heldBelow == null && value instanceof ArrayNode list) {
                JsonNode gone = Tree.parseOwn(step.substring(2));
                for (int i = list.size() - 1; i >= 0; i--) {
                    if (Tree.same(list.get(i), gone)) {
                        list.remove(i);
                    }
                }
            }
        }
    }

    /** Whether the value holds something besides the unwanted paths, that came by defaults or from nobody. */
    private static boolean hasForeign(JsonNode value, FieldSet unwanted, MergeType type) {
        return !FieldSet.of(value, type).minusWithBelow(unwanted).isEmpty();
    }

    private static void dropEmptied(ObjectNode object, String field, @Nullable FieldSet held) {
        JsonNode child = object.get(field);
        if (held == null && child != null && child.isContainerNode() && child.isEmpty()) {
            object.remove(field);
        }
    }
}
