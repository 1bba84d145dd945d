package io.shardeddb.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says where a definition refuses what an earlier one accepted, or drops what it kept. What cannot be judged, such as
 * another pattern or another rule, counts as narrower: a person judges it.
 */
final class SchemaComparison {

    private static final List<String> UPPER_BOUNDS = List.of("maximum", "maxLength", "maxItems", "maxProperties");
    private static final List<String> LOWER_BOUNDS = List.of("minimum", "minLength", "minItems", "minProperties");
    private static final List<String> RESTRICTIONS = List.of(
            "pattern",
            "format",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "uniqueItems",
            "multipleOf",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-map-type");
    private static final List<String> FREEDOMS =
            List.of("nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string");

    private final List<String> problems = new ArrayList<>();

    private SchemaComparison() {}

    /** What the later definition of a custom resource takes away; empty if it takes nothing away. */
    static List<String> ofDefinitions(JsonNode before, JsonNode after) {
        SchemaComparison comparison = new SchemaComparison();
        comparison.definition(before.path("spec"), after.path("spec"));
        return comparison.problems;
    }

    /** What the later schema takes away, with the path of each field below a root. */
    static List<String> ofSchemas(String root, JsonNode before, JsonNode after) {
        SchemaComparison comparison = new SchemaComparison();
        comparison.schema(root, before, after);
        return comparison.problems;
    }

    private void definition(JsonNode before, JsonNode after) {
        for (String pointer : List.of("/group", "/scope", "/names/kind", "/names/plural", "/names/singular")) {
            if (!before.at(pointer).equals(after.at(pointer))) {
                say(pointer.substring(1), "was " + before.at(pointer) + ", is " + after.at(pointer));
            }
        }
        missing(before.at("/names/shortNames"), after.at("/names/shortNames"))
                .forEach(name -> say("names.shortNames", "'" + name + "' is gone"));
        for (JsonNode version : before.path("versions")) {
            version(version, after.path("versions"));
        }
    }

    private void version(JsonNode before, JsonNode versions) {
        String name = before.path("name").asText();
        for (JsonNode after : versions) {
            if (after.path("name").asText().equals(name)) {
                if (before.path("served").asBoolean() && !after.path("served").asBoolean()) {
                    say(name, "is no longer served");
                }
                before.path("subresources").fieldNames().forEachRemaining(subresource -> {
                    if (!after.path("subresources").has(subresource)) {
                        say(name, "the subresource '" + subresource + "' is gone");
                    }
                });
                schema(name, before.at("/schema/openAPIV3Schema"), after.at("/schema/openAPIV3Schema"));
                return;
            }
        }
        say(name, "the version is gone");
    }

    private void schema(String path, JsonNode before, JsonNode after) {
        type(path, before.path("type").asText(), after.path("type").asText());
        values(path, before, after);
        bounds(path, before, after);
        for (String name : FREEDOMS) {
            if (before.path(name).asBoolean() && !after.path(name).asBoolean()) {
                say(path, "'" + name + "' is no longer true");
            }
        }
        for (String name : RESTRICTIONS) {
            if (after.has(name) && !after.get(name).equals(before.path(name))) {
                String was = before.has(name) ? before.get(name).toString() : "absent";
                say(path, "'" + name + "' was " + was + ", is " + after.get(name));
            }
        }
        Set<String> rules = texts(before.path("x-kubernetes-validations"), "rule");
        texts(after.path("x-kubernetes-validations"), "rule").stream()
                .filter(rule -> !rules.contains(rule))
                .forEach(rule -> say(path, "the rule '" + rule + "' is new"));
        fields(path, before, after);
        below(path + "[]", "items", before, after);
        below(path + ".*", "additionalProperties", before, after);
    }

    private void type(String path, String before, String after) {
        boolean wider = before.equals("integer") && after.equals("number");
        if (!before.equals(after) && !after.isEmpty() && !wider) {
            say(path, "the type was '" + before + "', is '" + after + "'");
        }
    }

    private void values(String path, JsonNode before, JsonNode after) {
        if (!after.has("enum")) {
            return;
        }
        if (!before.has("enum")) {
            say(path, "any value was allowed, now only " + after.get("enum"));
        }
        missing(before.path("enum"), after.path("enum"))
                .forEach(value -> say(path, "the value '" + value + "' is no longer allowed"));
    }

    private void bounds(String path, JsonNode before, JsonNode after) {
        for (String name : UPPER_BOUNDS) {
            bound(path, name, before, after, 1);
        }
        for (String name : LOWER_BOUNDS) {
            bound(path, name, before, after, -1);
        }
    }

    /** An upper bound has sign 1 and may not fall; a lower bound has sign -1 and may not rise. */
    private void bound(String path, String name, JsonNode before, JsonNode after, int sign) {
        if (after.has(name)
                && (!before.has(name)
                        || sign * after.get(name).asDouble()
                                < sign * before.get(name).asDouble())) {
            String was = before.has(name) ? before.get(name).asText() : "absent";
            say(path, "'" + name + "' was " + was + ", is " + after.get(name).asText());
        }
    }

    private void fields(String path, JsonNode before, JsonNode after) {
        JsonNode fields = after.path("properties");
        before.path("properties").properties().forEach(field -> {
            String place = path + "." + field.getKey();
            if (fields.has(field.getKey())) {
                schema(place, field.getValue(), fields.get(field.getKey()));
            } else {
                say(place, "the field is gone");
            }
        });
        Set<String> demanded = demanded(before);
        demanded(after).stream()
                .filter(name -> !demanded.contains(name))
                .forEach(name -> say(path + "." + name, "the field is required, and was not"));
    }

    private void below(String path, String name, JsonNode before, JsonNode after) {
        if (!before.has(name)) {
            return;
        }
        if (after.has(name)) {
            schema(path, before.get(name), after.get(name));
        } else if (!after.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            say(path, "'" + name + "' is gone");
        }
    }

    /**
     * The fields without which an object is refused: an API server fills in defaults before it looks for what is
     * required.
     */
    private static Set<String> demanded(JsonNode schema) {
        Set<String> names = new TreeSet<>();
        for (JsonNode name : schema.path("required")) {
            if (!schema.path("properties").path(name.asText()).has("default")) {
                names.add(name.asText());
            }
        }
        return names;
    }

    private static Set<String> missing(JsonNode before, JsonNode after) {
        Set<String> values = new TreeSet<>();
        before.forEach(value -> values.add(value.asText()));
        after.forEach(value -> values.remove(value.asText()));
        return values;
    }

    private static Set<String> texts(JsonNode list, String field) {
        Set<String> texts = new TreeSet<>();
        list.forEach(element -> texts.add(element.path(field).asText()));
        return texts;
    }

    private void say(String path, String problem) {
        problems.add(path + ": " + problem);
    }
}
