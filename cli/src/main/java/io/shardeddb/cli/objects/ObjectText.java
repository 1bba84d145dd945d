package io.shardeddb.cli.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.Yaml;

/** Objects as YAML and JSON, for people: without the record of who manages which field. */
public final class ObjectText {

    private ObjectText() {}

    /** Block YAML, ended by a line feed. */
    public static String yaml(JsonNode object) {
        try {
            return Yaml.MAPPER.writeValueAsString(plain(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON is always YAML", e);
        }
    }

    /** Indented JSON, ended by a line feed. */
    public static String json(JsonNode object) {
        return plain(object).toPrettyString() + "\n";
    }

    private static JsonNode plain(JsonNode object) {
        JsonNode copy = object.deepCopy();
        withoutManagers(copy);
        copy.path("items").forEach(ObjectText::withoutManagers);
        return copy;
    }

    private static void withoutManagers(JsonNode object) {
        if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
    }

    /** A list of the items, as the API would write it. */
    static ObjectNode list(JsonNode items) {
        ObjectNode list = Json.object();
        list.put("apiVersion", "v1").put("kind", "List").set("items", items);
        return list;
    }
}
