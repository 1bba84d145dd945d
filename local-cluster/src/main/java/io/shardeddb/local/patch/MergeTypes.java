package io.shardeddb.local.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The merge types of whole objects: from a table for the built-in kinds, from the schema for custom ones. */
public final class MergeTypes {
    private static final Map<String, Map<String, String>> TABLE = readTable();
    private static final Map<String, MergeType> BUILT = new HashMap<>();

    private MergeTypes() {}

    /** The merge type of a kind's objects. */
    public static MergeType of(Kind kind) {
        Kind.Custom custom = kind.custom();
        if (custom == null) {
            return named(TABLE.containsKey(kind.kind()) ? kind.kind() : "Object");
        }
        MergeType fromSchema = ofSchema(custom.schema().source());
        Map<String, MergeType> fields = new LinkedHashMap<>();
        if (fromSchema instanceof MergeType.Fields root) {
            fields.putAll(root.named());
        }
        fields.put("metadata", named("ObjectMeta"));
        return new MergeType.Fields(fields, name -> MergeType.UNTYPED, false);
    }

    private static synchronized MergeType named(String type) {
        if (type.equals("Atomic")) {
            return MergeType.ATOMIC;
        }
        MergeType built = BUILT.get(type);
        if (built != null) {
            return built;
        }
        Map<String, MergeType> fields = new LinkedHashMap<>();
        TABLE.getOrDefault(type, Map.of()).forEach((field, words) -> fields.put(field, ofWords(words.split(" ", -1))));
        MergeType made = new MergeType.Fields(fields, name -> MergeType.UNTYPED, false);
        BUILT.put(type, made);
        return made;
    }

    private static MergeType ofWords(String[] words) {
        return switch (words[0]) {
            case "list" ->
                new MergeType.Keyed(
                        List.of(words[1].split(",", -1)), words.length > 2 ? named(words[2]) : MergeType.UNTYPED);
            case "set" -> new MergeType.ValueSet();
            case "atomic" -> MergeType.ATOMIC;
            case "map" -> new MergeType.Fields(Map.of(), name -> MergeType.ATOMIC, true);
            default -> named(words[0]);
        };
    }

    /** The merge type that a structural schema describes. */
    static MergeType ofSchema(JsonNode schema) {
        if (schema.path("type").asText().equals("array")) {
            return switch (Tree.textOr(schema, "atomic", "x-kubernetes-list-type")) {
                case "map" ->
                    new MergeType.Keyed(
                            Tree.texts(schema.path("x-kubernetes-list-map-keys")), ofSchema(schema.path("items")));
                case "set" -> new MergeType.ValueSet();
                default -> MergeType.ATOMIC;
            };
        }
        if (Tree.textOr(schema, "granular", "x-kubernetes-map-type").equals("atomic")) {
            return MergeType.ATOMIC;
        }
        if (schema.path("additionalProperties").isObject()) {
            MergeType element = ofSchema(schema.path("additionalProperties"));
            return new MergeType.Fields(Map.of(), name -> element, true);
        }
        Map<String, MergeType> fields = new LinkedHashMap<>();
        schema.path("properties").properties().forEach(e -> fields.put(e.getKey(), ofSchema(e.getValue())));
        return new MergeType.Fields(
                fields,
                name -> MergeType.UNTYPED,
                schema.path("x-kubernetes-preserve-unknown-fields").asBoolean());
    }

    private static Map<String, Map<String, String>> readTable() {
        Map<String, Map<String, String>> table = new HashMap<>();
        @Nullable Map<String, String> type = null;
        for (String line : resource().lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int space = line.indexOf(' ');
            String first = line.substring(0, space);
            String rest = line.substring(space + 1);
            if (first.equals("type")) {
                type = new LinkedHashMap<>();
                table.put(rest, type);
            } else if (type != null) {
                type.put(first, rest);
            }
        }
        return table;
    }

    private static String resource() {
        try (InputStream in = MergeTypes.class.getResourceAsStream("merge-types.txt")) {
            if (in == null) {
                throw new IllegalStateException("the table of merge types is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
