package io.shardeddb.local.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The structural schema of one version of a custom kind. */
public final class Structural {
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    private static final String EMBEDDED = "x-kubernetes-embedded-resource";

    private final JsonNode source;
    private final CelRules rules;

    private Structural(JsonNode source) {
        this.source = source;
        this.rules = new CelRules();
    }

    /** Takes the OpenAPI schema of a version; a missing one accepts everything. */
    public static Structural parse(JsonNode openApi) {
        if (openApi.isObject()) {
            return new Structural(openApi);
        }
        ObjectNode anything = Tree.object();
        anything.put("type", "object");
        anything.put(PRESERVE, true);
        return new Structural(anything);
    }

    /** The schema as it is in the definition. */
    public JsonNode source() {
        return source;
    }

    /** Rules that do not compile, to be refused with the definition. */
    public List<FieldError> checkRules(String path) {
        List<FieldError> errors = new ArrayList<>();
        rules.check(source, path, errors);
        return errors;
    }

    /** Fills in the defaults, in place. */
    public void setDefaults(ObjectNode object) {
        defaults(object, source);
    }

    private static void defaults(JsonNode value, JsonNode schema) {
        if (value instanceof ObjectNode object) {
            for (var property : schema.path("properties").properties()) {
                JsonNode child = object.get(property.getKey());
                JsonNode standard = property.getValue().get("default");
                boolean nullNotAllowed = child != null
                        && child.isNull()
                        && !property.getValue().path("nullable").asBoolean();
                if (standard != null && (child == null || nullNotAllowed)) {
                    object.set(property.getKey(), standard.deepCopy());
                } else if (nullNotAllowed) {
                    object.remove(property.getKey());
                }
                JsonNode now = object.get(property.getKey());
                if (now != null) {
                    defaults(now, property.getValue());
                }
            }
            JsonNode additional = schema.path("additionalProperties");
            if (additional.isObject()) {
                object.forEach(child -> defaults(child, additional));
            }
        } else if (value instanceof ArrayNode list) {
            list.forEach(item -> defaults(item, schema.path("items")));
        }
    }

    /**
     * Drops the fields that the schema does not know, in place.
     *
     * @return the paths that were dropped
     */
    public List<String> prune(ObjectNode object) {
        List<String> dropped = new ArrayList<>();
        prune(object, source, "", true, dropped);
        return dropped;
    }

    private static void prune(JsonNode value, JsonNode schema, String path, boolean resource, List<String> dropped) {
        if (value instanceof ObjectNode object) {
            boolean whole = resource || schema.path(EMBEDDED).asBoolean();
            JsonNode additional = schema.path("additionalProperties");
            boolean keepsAll = schema.path(PRESERVE).asBoolean() || additional.asBoolean(false);
            for (String field : fieldNames(object)) {
                if (whole && (field.equals("apiVersion") || field.equals("kind") || field.equals("metadata"))) {
                    continue;
                }
                JsonNode property = schema.path("properties").get(field);
                String below = path.isEmpty() ? field : path + "." + field;
                JsonNode child = object.path(field);
                if (property != null) {
                    prune(child, property, below, false, dropped);
                } else if (additional.isObject()) {
                    prune(child, additional, below, false, dropped);
                } else if (!keepsAll) {
                    object.remove(field);
                    dropped.add(below);
                }
            }
        } else if (value instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                prune(list.get(i), schema.path("items"), path + "[" + i + "]", false, dropped);
            }
        }
    }

    private static List<String> fieldNames(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /**
     * Validates an object.
     *
     * @param object the object, with defaults
     * @param old the object before, null when it is new
     */
    public List<FieldError> validate(ObjectNode object, @Nullable ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        for (String field : fieldNames(object)) {
            JsonNode property = source.path("properties").get(field);
            if (property != null && !field.equals("metadata")) {
                new ValueValidation(errors).validate(object.path(field), property, field);
            }
        }
        ValueValidation.required(object, source, "", errors);
        if (errors.isEmpty()) {
            rules.validate(object, old, source, errors);
        }
        return errors;
    }
}
