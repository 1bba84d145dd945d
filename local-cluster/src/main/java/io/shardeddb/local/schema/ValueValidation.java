package io.shardeddb.local.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Tree;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Checks values against the OpenAPI part of a structural schema. */
final class ValueValidation {
    private final List<FieldError> errors;

    ValueValidation(List<FieldError> errors) {
        this.errors = errors;
    }

    void validate(JsonNode value, JsonNode schema, String path) {
        if (value.isNull()) {
            if (!schema.path("nullable").asBoolean()) {
                errors.add(FieldError.type(path, "null", schema.path("type").asText()));
            }
            return;
        }
        if (!typeFits(value, schema)) {
            errors.add(FieldError.type(path, typeOf(value), schema.path("type").asText()));
            return;
        }
        if (value.isNumber()) {
            number(value, schema, path);
        } else if (value.isTextual()) {
            text(value.asText(), schema, path);
        } else if (value instanceof ArrayNode list) {
            list(list, schema, path);
        } else if (value instanceof ObjectNode object) {
            object(object, schema, path);
        }
        enumeration(value, schema, path);
        combinations(value, schema, path);
    }

    private static boolean typeFits(JsonNode value, JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return value.isIntegralNumber() || value.isTextual();
        }
        return switch (schema.path("type").asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" ->
                value.isIntegralNumber()
                        || (value.isNumber()
                                && value.decimalValue().stripTrailingZeros().scale() <= 0);
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String typeOf(JsonNode value) {
        if (value.isIntegralNumber()) {
            return "integer";
        }
        return switch (value.getNodeType()) {
            case NUMBER -> "number";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array";
            case OBJECT -> "object";
            default -> "null";
        };
    }

    private void number(JsonNode value, JsonNode schema, String path) {
        BigDecimal number = value.decimalValue();
        JsonNode minimum = schema.get("minimum");
        if (minimum != null) {
            int order = number.compareTo(minimum.decimalValue());
            if (order < 0 || (order == 0 && schema.path("exclusiveMinimum").asBoolean())) {
                String relation =
                        schema.path("exclusiveMinimum").asBoolean() ? "greater than " : "greater than or equal to ";
                add(path, value, path + " in body should be " + relation + minimum);
            }
        }
        JsonNode maximum = schema.get("maximum");
        if (maximum != null) {
            int order = number.compareTo(maximum.decimalValue());
            if (order > 0 || (order == 0 && schema.path("exclusiveMaximum").asBoolean())) {
                String relation = schema.path("exclusiveMaximum").asBoolean() ? "less than " : "less than or equal to ";
                add(path, value, path + " in body should be " + relation + maximum);
            }
        }
        JsonNode multiple = schema.get("multipleOf");
        if (multiple != null && number.remainder(multiple.decimalValue()).signum() != 0) {
            add(path, value, path + " in body should be a multiple of " + multiple);
        }
        if (schema.path("format").asText().equals("int32") && !value.canConvertToInt()) {
            add(path, value, path + " in body must be of type int32");
        }
    }

    private void text(String text, JsonNode schema, String path) {
        int length = text.codePointCount(0, text.length());
        String shown = "\"" + text + "\"";
        if (schema.has("minLength") && length < schema.path("minLength").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    shown,
                    path + " in body should be at least "
                            + schema.path("minLength").asInt() + " chars long"));
        }
        if (schema.has("maxLength") && length > schema.path("maxLength").asInt()) {
            errors.add(new FieldError(
                    "FieldValueTooLong",
                    path,
                    "Too long: may not be more than " + schema.path("maxLength").asInt() + " bytes"));
        }
        String pattern = schema.path("pattern").asText();
        if (!pattern.isEmpty() && !matches(pattern, text)) {
            errors.add(FieldError.invalid(path, shown, path + " in body should match '" + pattern + "'"));
        }
        if (schema.path("format").asText().equals("date-time")) {
            try {
                OffsetDateTime.parse(text);
            } catch (DateTimeException e) {
                errors.add(FieldError.invalid(path, shown, path + " in body must be of type date-time: " + shown));
            }
        }
    }

    private static boolean matches(String pattern, String text) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private void list(ArrayNode list, JsonNode schema, String path) {
        if (schema.has("minItems") && list.size() < schema.path("minItems").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    Integer.toString(list.size()),
                    path + " in body should have at least "
                            + schema.path("minItems").asInt() + " items"));
        }
        if (schema.has("maxItems") && list.size() > schema.path("maxItems").asInt()) {
            errors.add(new FieldError(
                    "FieldValueTooMany",
                    path,
                    "Too many: " + list.size() + ": must have at most "
                            + schema.path("maxItems").asInt() + " items"));
        }
        for (int i = 0; i < list.size(); i++) {
            validate(list.get(i), schema.path("items"), path + "[" + i + "]");
        }
        String listType = schema.path("x-kubernetes-list-type").asText();
        if (listType.equals("map") || listType.equals("set")) {
            duplicates(list, Tree.texts(schema.path("x-kubernetes-list-map-keys")), path);
        }
    }

    private void duplicates(ArrayNode list, List<String> keys, String path) {
        List<JsonNode> seen = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode identity = list.get(i);
            if (!keys.isEmpty()) {
                ObjectNode key = Tree.object();
                for (String field : keys) {
                    key.set(field, list.get(i).path(field));
                }
                identity = key;
            }
            if (seen.contains(identity)) {
                errors.add(new FieldError("FieldValueDuplicate", path + "[" + i + "]", "Duplicate value: " + identity));
            }
            seen.add(identity);
        }
    }

    private void object(ObjectNode object, JsonNode schema, String path) {
        required(object, schema, path, errors);
        int size = object.size();
        if (schema.has("minProperties") && size < schema.path("minProperties").asInt()) {
            errors.add(FieldError.invalid(
                    path,
                    Integer.toString(size),
                    path + " in body should have at least "
                            + schema.path("minProperties").asInt() + " properties"));
        }
        if (schema.has("maxProperties") && size > schema.path("maxProperties").asInt()) {
            errors.add(new FieldError(
                    "FieldValueTooMany",
                    path,
                    "Too many: " + size + ": must have at most "
                            + schema.path("maxProperties").asInt() + " items"));
        }
        JsonNode additional = schema.path("additionalProperties");
        object.properties().forEach(e -> {
            JsonNode property = schema.path("properties").get(e.getKey());
            String below = path + "." + e.getKey();
            if (property != null) {
                validate(e.getValue(), property, below);
            } else if (additional.isObject()) {
                validate(e.getValue(), additional, below);
            }
        });
    }

    static void required(ObjectNode object, JsonNode schema, String path, List<FieldError> errors) {
        for (String field : Tree.texts(schema.path("required"))) {
            if (!object.has(field)) {
                errors.add(FieldError.required(path.isEmpty() ? field : path + "." + field, ""));
            }
        }
    }

    private void enumeration(JsonNode value, JsonNode schema, String path) {
        JsonNode allowed = schema.path("enum");
        if (allowed.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        for (JsonNode one : allowed) {
            if (Tree.same(one, value)) {
                return;
            }
            names.add(one.toString());
        }
        errors.add(FieldError.notSupported(path, value.toString(), String.join(", ", names)));
    }

    private void combinations(JsonNode value, JsonNode schema, String path) {
        for (JsonNode part : schema.path("allOf")) {
            validate(value, part, path);
        }
        if (schema.path("anyOf").isArray() && matching(value, schema.path("anyOf"), path) == 0) {
            add(path, value, path + " in body must validate at least one schema (anyOf)");
        }
        if (schema.path("oneOf").isArray() && matching(value, schema.path("oneOf"), path) != 1) {
            add(path, value, path + " in body must validate one and only one schema (oneOf)");
        }
        if (schema.path("not").isObject()) {
            List<FieldError> inner = new ArrayList<>();
            new ValueValidation(inner).validate(value, schema.path("not"), path);
            if (inner.isEmpty()) {
                add(path, value, path + " in body must not validate the schema (not)");
            }
        }
    }

    private static int matching(JsonNode value, JsonNode schemas, String path) {
        int matching = 0;
        for (JsonNode schema : schemas) {
            List<FieldError> inner = new ArrayList<>();
            new ValueValidation(inner).validate(value, schema, path);
            matching += inner.isEmpty() ? 1 : 0;
        }
        return matching;
    }

    private void add(String path, JsonNode value, String message) {
        errors.add(FieldError.invalid(
                path, value.isContainerNode() ? "\"" + typeOf(value) + "\"" : value.toString(), message));
    }
}
