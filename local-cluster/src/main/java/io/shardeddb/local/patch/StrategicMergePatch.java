package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patches: merge patches that match list items by their merge key and know the directives
 * {@code $patch}, {@code $deleteFromPrimitiveList}, {@code $setElementOrder} and {@code $retainKeys}.
 */
public final class StrategicMergePatch {
    private static final String DIRECTIVE = "$patch";
    private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";
    private static final String RETAIN = "$retainKeys";

    private StrategicMergePatch() {}

    /** The patched object. */
    public static ObjectNode apply(JsonNode target, JsonNode patch, MergeType type) throws InvalidPatch {
        if (!(patch instanceof ObjectNode patchObject)) {
            throw new InvalidPatch("a strategic merge patch is an object");
        }
        return object(target, patchObject, type);
    }

    private static ObjectNode object(@Nullable JsonNode target, ObjectNode patch, MergeType type) throws InvalidPatch {
        String directive = patch.path(DIRECTIVE).asText("merge");
        ObjectNode result =
                target instanceof ObjectNode there && directive.equals("merge") ? there.deepCopy() : Tree.object();
        if (directive.equals("delete")) {
            return result;
        }
        if (!directive.equals("merge") && !directive.equals("replace")) {
            throw new InvalidPatch("unknown $patch directive \"" + directive + "\"");
        }
        if (patch.get(RETAIN) instanceof ArrayNode keep) {
            result.retain(Tree.texts(keep));
        }
        for (var entry : patch.properties()) {
            String field = entry.getKey();
            JsonNode value = entry.getValue();
            if (field.startsWith(DELETE_VALUES)) {
                deleteValues(result, field.substring(DELETE_VALUES.length()), value);
            } else if (value.isNull()) {
                result.remove(field);
            } else if (!field.equals(DIRECTIVE) && !field.equals(RETAIN) && !field.startsWith(ORDER)) {
                MergeType fieldType = type instanceof MergeType.Fields fields ? fields.of(field) : MergeType.UNTYPED;
                result.set(field, merged(result.get(field), value, fieldType));
            }
        }
        for (var entry : patch.properties()) {
            if (entry.getKey().startsWith(ORDER)) {
                order(result, entry.getKey().substring(ORDER.length()), entry.getValue(), type);
            }
        }
        return result;
    }

    private static JsonNode merged(@Nullable JsonNode target, JsonNode patch, MergeType type) throws InvalidPatch {
        if (patch instanceof ObjectNode object) {
            // Maps that server-side apply owns as a whole still merge field by field in a strategic merge patch.
            return object(target, object, type);
        }
        if (patch instanceof ArrayNode list && type instanceof MergeType.Keyed keyed) {
            return list(target, list, keyed);
        }
        if (patch instanceof ArrayNode && target instanceof ArrayNode && type instanceof MergeType.ValueSet) {
            return ApplyMerge.merge(target, patch, type);
        }
        return patch.deepCopy();
    }

    private static ArrayNode list(@Nullable JsonNode target, ArrayNode patch, MergeType.Keyed type)
            throws InvalidPatch {
        String key = type.keys().getFirst();
        boolean replace = false;
        for (JsonNode item : patch) {
            replace |= item.path(DIRECTIVE).asText().equals("replace") && !item.has(key);
        }
        ArrayNode result = target instanceof ArrayNode there && !replace ? there.deepCopy() : Tree.array();
        for (JsonNode item : patch) {
            String directive = item.path(DIRECTIVE).asText("merge");
            if (!(item instanceof ObjectNode object)) {
                throw new InvalidPatch("an item of a keyed list is not an object: " + item);
            }
            if (!item.has(key)) {
                if (directive.equals("replace")) {
                    continue;
                }
                throw new InvalidPatch("an item without its merge key \"" + key + "\": " + item);
            }
            int index = indexOf(result, key, item.path(key));
            if (directive.equals("delete")) {
                if (index >= 0) {
                    result.remove(index);
                }
            } else if (index >= 0) {
                result.set(index, object(result.get(index), object, type.element()));
            } else {
                result.add(object(null, object, type.element()));
            }
        }
        return result;
    }

    private static int indexOf(ArrayNode list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (Tree.same(list.get(i).get(key), value)) {
                return i;
            }
        }
        return -1;
    }

    private static void deleteValues(ObjectNode result, String field, JsonNode values) {
        if (result.get(field) instanceof ArrayNode list) {
            for (int i = list.size() - 1; i >= 0; i--) {
                if (Comparison.contains(values, list.get(i))) {
                    list.remove(i);
                }
            }
        }
    }

    private static void order(ObjectNode result, String field, JsonNode order, MergeType type) {
        if (!(result.get(field) instanceof ArrayNode list)) {
            return;
        }
        MergeType fieldType = type instanceof MergeType.Fields fields ? fields.of(field) : MergeType.UNTYPED;
        List<JsonNode> remaining = new ArrayList<>(Tree.items(list));
        List<JsonNode> sorted = new ArrayList<>();
        for (JsonNode wanted : order) {
            for (JsonNode item : List.copyOf(remaining)) {
                boolean same = fieldType instanceof MergeType.Keyed keyed
                        ? Tree.same(
                                item.get(keyed.keys().getFirst()),
                                wanted.get(keyed.keys().getFirst()))
                        : Tree.same(item, wanted);
                if (same) {
                    sorted.add(item);
                    remaining.remove(item);
                }
            }
        }
        sorted.addAll(remaining);
        list.removeAll();
        sorted.forEach(list::add);
    }
}
