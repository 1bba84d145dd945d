package io.shardeddb.local.tree;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reading, building and comparing JSON trees. Trees held by the store are never changed in place. Code that wants
 * another one copies it first.
 */
public final class Tree {
    /** The JSON mapper; errors name the place in the source. */
    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final YAMLMapper YAML = new YAMLMapper();

    /** Numbers are equal by value, whatever Java type holds them; all else by Jackson's own equality. */
    private static final Comparator<JsonNode> LEAVES = (left, right) -> {
        if (left.isNumber() && right.isNumber()) {
            return left.isIntegralNumber() && right.isIntegralNumber()
                    ? left.bigIntegerValue().compareTo(right.bigIntegerValue())
                    : left.decimalValue().compareTo(right.decimalValue());
        }
        return left.equals(right) ? 0 : 1;
    };

    private Tree() {}

    /** Returns an empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Returns an empty array. */
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Parses JSON, or YAML when it does not begin as JSON does. */
    public static JsonNode parse(byte[] text) throws IOException {
        return isJson(text) ? JSON.readTree(text) : YAML.readTree(text);
    }

    private static boolean isJson(byte[] text) {
        for (byte b : text) {
            if (b == '{' || b == '[') {
                return true;
            }
            if (!Character.isWhitespace(b)) {
                return false;
            }
        }
        return false;
    }

    /** Reads JSON, or YAML when it does not begin as JSON does, token by token. */
    public static JsonParser parser(byte[] text) throws IOException {
        return isJson(text) ? JSON.createParser(text) : YAML.createParser(text);
    }

    /** Parses JSON that this program wrote itself. */
    public static JsonNode parseOwn(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON of our own does not parse: " + json, e);
        }
    }

    /** Writes a tree as compact JSON. */
    public static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The node at a path of field names, or a missing node. */
    public static JsonNode at(JsonNode node, String... path) {
        JsonNode at = node;
        for (String field : path) {
            at = at.path(field);
        }
        return at;
    }

    /** The text at a path, or null when there is none. */
    public static @Nullable String text(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isValueNode() && !at.isNull() ? at.asText() : null;
    }

    /** The text at a path, or a default. */
    public static String textOr(JsonNode node, String otherwise, String... path) {
        String text = text(node, path);
        return text == null ? otherwise : text;
    }

    /** The integer at a path, or a default. */
    public static int intOr(JsonNode node, int otherwise, String... path) {
        return at(node, path).asInt(otherwise);
    }

    /** The object at a path of field names, made when missing. */
    public static ObjectNode child(ObjectNode node, String... path) {
        ObjectNode at = node;
        for (String field : path) {
            at = at.get(field) instanceof ObjectNode there ? there : at.putObject(field);
        }
        return at;
    }

    /** The string fields of an object, in order; other values as their JSON text. */
    public static Map<String, String> strings(JsonNode object) {
        Map<String, String> map = new LinkedHashMap<>();
        object.properties()
                .forEach(e -> map.put(
                        e.getKey(),
                        e.getValue().isValueNode()
                                ? e.getValue().asText()
                                : e.getValue().toString()));
        return map;
    }

    /** The texts of an array. */
    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(e -> texts.add(e.asText()));
        return texts;
    }

    /** The elements of an array, or nothing. */
    public static List<JsonNode> items(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        if (array.isArray()) {
            array.forEach(items::add);
        }
        return items;
    }

    /** Whether two trees say the same; 1 and 1.0 do. */
    public static boolean same(@Nullable JsonNode left, @Nullable JsonNode right) {
        if (left == null || left.isMissingNode()) {
            return right == null || right.isMissingNode();
        }
        return right != null && !right.isMissingNode() && left.equals(LEAVES, right);
    }

    /** The element of an array whose field has the given text, or null. */
    public static @Nullable ObjectNode find(JsonNode array, String field, String value) {
        for (JsonNode element : array) {
            if (element instanceof ObjectNode object && value.equals(text(object, field))) {
                return object;
            }
        }
        return null;
    }
}
