package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How values of one place merge, and how field ownership is counted there. */
public sealed interface MergeType {
    /** Replaced as a whole. */
    MergeType ATOMIC = new Atomic();

    /** Objects merge field by field, lists are replaced: what holds where no schema says otherwise. */
    MergeType UNTYPED = new Fields(Map.of(), name -> MergeType.UNTYPED, true);

    /** Replaced as a whole. */
    record Atomic() implements MergeType {}

    /**
     * An object that merges field by field.
     *
     * @param named the types of known fields
     * @param others the type of all other fields
     * @param free whether the other fields are free keys of a map, which are owned themselves even when they hold
     *     objects
     */
    record Fields(Map<String, MergeType> named, Function<String, MergeType> others, boolean free) implements MergeType {
        MergeType of(String field) {
            MergeType type = named.get(field);
            return type == null ? others.apply(field) : type;
        }

        boolean isFreeKey(String field) {
            return free && !named.containsKey(field);
        }
    }

    /**
     * A list whose items are matched by keys.
     *
     * @param keys the key fields
     * @param element the type of the items
     */
    record Keyed(List<String> keys, MergeType element) implements MergeType {
        /** The item's keys and their values; a missing protocol is TCP, as everywhere in Kubernetes. */
        Map<String, JsonNode> keyOf(JsonNode item) {
            Map<String, JsonNode> key = new LinkedHashMap<>();
            for (String field : keys) {
                JsonNode value = item.get(field);
                if (value != null) {
                    key.put(field, value);
                } else if (field.equals("protocol")) {
                    key.put(field, Tree.object().textNode("TCP"));
                }
            }
            return key;
        }

        boolean matches(JsonNode left, JsonNode right) {
            Map<String, JsonNode> leftKey = keyOf(left);
            Map<String, JsonNode> rightKey = keyOf(right);
            return leftKey.keySet().equals(rightKey.keySet())
                    && leftKey.entrySet().stream().allMatch(e -> Tree.same(e.getValue(), rightKey.get(e.getKey())));
        }

        /** The index of the item with the same keys, or -1. */
        int indexOf(JsonNode list, JsonNode item) {
            for (int i = 0; i < list.size(); i++) {
                if (matches(list.get(i), item)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** A list of distinct values, merged by value. */
    record ValueSet() implements MergeType {}
}
