package io.shardeddb.local.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The CEL rules of a schema ({@code x-kubernetes-validations}). Values are dynamically typed here, so a rule that
 * compares unlike types is refused when it runs and not, as on a real control plane, when it is defined. Costs are not
 * counted.
 */
final class CelRules {
    private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

    private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

    /** A rule's program, or the reason why there is none. */
    private record Compiled(CelRuntime.@Nullable Program program, String problem) {}

    /** The compiler and the runtime, made when the first rule is met. */
    private static final class Engine {
        private static final CelOptions OPTIONS = CelOptions.current().build();
        private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(
                        CelExtensions.strings(),
                        CelExtensions.math(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.lists(),
                        CelExtensions.optional())
                .addVar("self", SimpleType.DYN)
                .addVar("oldSelf", SimpleType.DYN)
                .build();
        private static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .addLibraries(
                        CelExtensions.strings(),
                        CelExtensions.math(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.lists(),
                        CelExtensions.optional())
                .build();
    }

    void check(JsonNode schema, String path, List<FieldError> errors) {
        int index = 0;
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            String where = path + ".x-kubernetes-validations[" + index++ + "].rule";
            Compiled program = compile(rule.path("rule").asText());
            if (program.program == null) {
                errors.add(FieldError.invalid(
                        where, rule.path("rule").toString(), "compilation failed: " + program.problem));
            }
        }
        schema.path("properties")
                .properties()
                .forEach(e -> check(e.getValue(), path + ".properties[" + e.getKey() + "]", errors));
        if (schema.path("items").isObject()) {
            check(schema.path("items"), path + ".items", errors);
        }
        if (schema.path("additionalProperties").isObject()) {
            check(schema.path("additionalProperties"), path + ".additionalProperties", errors);
        }
    }

    void validate(JsonNode value, @Nullable JsonNode old, JsonNode schema, List<FieldError> errors) {
        walk(value, old, schema, "", errors);
    }

    private void walk(JsonNode value, @Nullable JsonNode old, JsonNode schema, String path, List<FieldError> errors) {
        if (value.isNull()) {
            return;
        }
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            evaluate(value, old, schema, rule, path, errors);
        }
        if (value instanceof ObjectNode object) {
            JsonNode additional = schema.path("additionalProperties");
            object.properties().forEach(e -> {
                JsonNode property = schema.path("properties").get(e.getKey());
                JsonNode below = property == null ? additional : property;
                if (below.isObject()) {
                    walk(
                            e.getValue(),
                            old == null ? null : old.get(e.getKey()),
                            below,
                            path.isEmpty() ? e.getKey() : path + "." + e.getKey(),
                            errors);
                }
            });
        } else if (value instanceof ArrayNode list && schema.path("items").isObject()) {
            for (int i = 0; i < list.size(); i++) {
                walk(
                        list.get(i),
                        oldItem(list.get(i), old, schema),
                        schema.path("items"),
                        path + "[" + i + "]",
                        errors);
            }
        }
    }

    /** The same item before: only items of keyed lists have one. */
    private static @Nullable JsonNode oldItem(JsonNode item, @Nullable JsonNode old, JsonNode schema) {
        List<String> keys = Tree.texts(schema.path("x-kubernetes-list-map-keys"));
        if (old == null || keys.isEmpty()) {
            return null;
        }
        for (JsonNode candidate : old) {
            if (keys.stream().allMatch(k -> Tree.same(candidate.get(k), item.get(k)))) {
                return candidate;
            }
        }
        return null;
    }

    private void evaluate(
            JsonNode value,
            @Nullable JsonNode old,
            JsonNode schema,
            JsonNode rule,
            String path,
            List<FieldError> errors) {
        String text = rule.path("rule").asText();
        boolean transition = OLD_SELF.matcher(text).find();
        if (transition && old == null) {
            return;
        }
        Compiled program = compile(text);
        Map<String, Object> variables = new HashMap<>();
        variables.put("self", celValue(value, schema));
        if (old != null) {
            variables.put("oldSelf", celValue(old, schema));
        }
        try {
            if (program.program == null) {
                throw new CelEvaluationException(program.problem);
            }
            if (!Boolean.TRUE.equals(program.program.eval(variables))) {
                errors.add(violation(value, rule, path, variables));
            }
        } catch (CelEvaluationException e) {
            errors.add(new FieldError(
                    "FieldValueInvalid",
                    path.isEmpty() ? "<nil>" : path,
                    "Invalid value: " + shown(value) + ": " + e.getMessage() + " evaluating rule: " + text));
        }
    }

    private FieldError violation(JsonNode value, JsonNode rule, String path, Map<String, Object> variables) {
        String message = Tree.textOr(rule, "failed rule: " + rule.path("rule").asText(), "message");
        String computed = computed(rule.path("messageExpression").asText(), variables);
        if (computed != null) {
            message = computed;
        }
        String field = path + rule.path("fieldPath").asText();
        String reason = Tree.textOr(rule, "FieldValueInvalid", "reason");
        String prefix = switch (reason) {
            case "FieldValueForbidden" -> "Forbidden";
            case "FieldValueRequired" -> "Required value";
            case "FieldValueDuplicate" -> "Duplicate value: " + shown(value);
            default -> "Invalid value: " + shown(value);
        };
        return new FieldError(reason, field.isEmpty() ? "<nil>" : field, prefix + ": " + message);
    }

    /** The message that an expression computes; null, so the fixed message is used, if it cannot be computed. */
    private @Nullable String computed(String expression, Map<String, Object> variables) {
        Compiled program = expression.isEmpty() ? null : compile(expression);
        if (program == null || program.program == null) {
            return null;
        }
        try {
            return program.program.eval(variables) instanceof String text ? text : null;
        } catch (CelEvaluationException e) {
            return null;
        }
    }

    private static String shown(JsonNode value) {
        if (value.isObject()) {
            return "\"object\"";
        }
        return value.isArray() ? "\"array\"" : value.toString();
    }

    private Compiled compile(String rule) {
        return compiled.computeIfAbsent(rule, text -> {
            try {
                CelAbstractSyntaxTree tree = Engine.COMPILER.compile(text).getAst();
                return new Compiled(Engine.RUNTIME.createProgram(tree), "");
            } catch (CelValidationException | CelEvaluationException e) {
                return new Compiled(null, String.valueOf(e.getMessage()));
            }
        });
    }

    /** The value as CEL sees it: integers and fractions by the schema's type, fields under their escaped names. */
    private static Object celValue(JsonNode value, JsonNode schema) {
        if (value instanceof ObjectNode object) {
            boolean named = schema.path("properties").isObject();
            Map<String, Object> map = new LinkedHashMap<>();
            object.properties().forEach(e -> {
                JsonNode property = schema.path("properties").path(e.getKey());
                JsonNode below = property.isMissingNode() ? schema.path("additionalProperties") : property;
                if (!e.getValue().isNull()) {
                    map.put(named ? escape(e.getKey()) : e.getKey(), celValue(e.getValue(), below));
                }
            });
            return map;
        }
        if (value instanceof ArrayNode list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(celValue(item, schema.path("items"))));
            return items;
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isNumber()) {
            return value.isIntegralNumber() && !schema.path("type").asText().equals("number")
                    ? (Object) value.asLong()
                    : (Object) value.asDouble();
        }
        return value.asText();
    }

    private static final List<String> RESERVED = List.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return");

    private static String escape(String field) {
        if (RESERVED.contains(field)) {
            return "__" + field + "__";
        }
        return field.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__");
    }
}
