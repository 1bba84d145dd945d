package io.shardeddb.local.patch;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import org.jspecify.annotations.Nullable;

/** JSON patches (RFC 6902). */
public final class JsonPatch {
    private JsonPatch() {}

    /** The patched value; all operations or none. */
    public static JsonNode apply(JsonNode target, JsonNode patch) throws InvalidPatch {
        if (!patch.isArray()) {
            throw new InvalidPatch("a JSON patch is an array of operations");
        }
        JsonNode result = target.deepCopy();
        for (JsonNode operation : patch) {
            result = step(result, operation);
        }
        return result;
    }

    private static JsonNode step(JsonNode target, JsonNode operation) throws InvalidPatch {
        String op = operation.path("op").asText();
        JsonPointer path = pointer(operation, "path");
        return switch (op) {
            case "add" -> put(target, path, value(operation), true);
            case "replace" -> {
                require(target, path);
                yield put(target, path, value(operation), false);
            }
            case "remove" -> remove(target, path);
            case "move" -> {
                JsonPointer from = pointer(operation, "from");
                JsonNode moved = require(target, from).deepCopy();
                yield put(remove(target, from), path, moved, true);
            }
            case "copy" ->
                put(target, path, require(target, pointer(operation, "from")).deepCopy(), true);
            case "test" -> {
                if (!Tree.same(target.at(path), value(operation))) {
                    throw new InvalidPatch("testing value " + path + " failed: test failed");
                }
                yield target;
            }
            default -> throw new InvalidPatch("unknown operation \"" + op + "\"");
        };
    }

    private static JsonPointer pointer(JsonNode operation, String field) throws InvalidPatch {
        JsonNode text = operation.get(field);
        try {
            if (text != null && text.isTextual()) {
                return JsonPointer.compile(text.asText());
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidPatch("bad pointer: " + e.getMessage());
        }
        throw new InvalidPatch("an operation without \"" + field + "\"");
    }

    private static JsonNode value(JsonNode operation) throws InvalidPatch {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw new InvalidPatch("an operation without \"value\"");
        }
        return value.deepCopy();
    }

    private static JsonNode require(JsonNode target, JsonPointer path) throws InvalidPatch {
        JsonNode there = target.at(path);
        if (there.isMissingNode()) {
            throw new InvalidPatch("the path " + path + " does not exist");
        }
        return there;
    }

    private static JsonNode put(JsonNode target, JsonPointer path, JsonNode value, boolean insert) throws InvalidPatch {
        if (path.matches()) {
            return value;
        }
        JsonNode parent = require(target, path.head());
        String last = path.last().getMatchingProperty();
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode list) {
            if (last.equals("-")) {
                list.add(value);
            } else {
                int index = index(path, list.size() - (insert ? 0 : 1));
                if (insert) {
                    list.insert(index, value);
                } else {
                    list.set(index, value);
                }
            }
        } else {
            throw new InvalidPatch("the path " + path + " does not exist");
        }
        return target;
    }

    private static JsonNode remove(JsonNode target, JsonPointer path) throws InvalidPatch {
        require(target, path);
        @Nullable JsonNode parent = path.matches() ? null : target.at(path.head());
        if (parent instanceof ObjectNode object) {
            object.remove(path.last().getMatchingProperty());
        } else if (parent instanceof ArrayNode list) {
            list.remove(index(path, list.size() - 1));
        } else {
            throw new InvalidPatch("the whole object cannot be removed");
        }
        return target;
    }

    private static int index(JsonPointer path, int largest) throws InvalidPatch {
        int index = path.last().getMatchingIndex();
        if (index < 0 || index > largest) {
            throw new InvalidPatch("the index in " + path + " is out of bounds");
        }
        return index;
    }
}
