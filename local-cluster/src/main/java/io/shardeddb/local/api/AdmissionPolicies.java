package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * ValidatingAdmissionPolicies for what service accounts write: resource rules, match conditions, validations and the
 * binding's namespaces. There are no parameters, variables or audit annotations, every bound policy denies, and an
 * expression that fails denies too.
 */
public final class AdmissionPolicies {
    private static final String GROUP = ".admissionregistration.k8s.io";

    private static final Map<String, Compiled> COMPILED = new ConcurrentHashMap<>();

    private final ObjectStore store;

    /** Reads policies and bindings from the store at each write. */
    public AdmissionPolicies(ObjectStore store) {
        this.store = store;
    }

    /**
     * What somebody is about to write.
     *
     * @param user as in system:serviceaccount:default:router
     * @param operation CREATE or UPDATE
     * @param group the API group, empty for the core group
     * @param resource the resource, with its subresource after a slash
     * @param namespace empty for objects without one
     * @param object as it should be stored
     * @param before as it is stored; null for a new one
     */
    public record Attempt(
            String user,
            String operation,
            String group,
            String resource,
            String namespace,
            String name,
            JsonNode object,
            @Nullable JsonNode before) {

        private Map<String, Object> variables() {
            Map<String, Object> variables = new LinkedHashMap<>();
            variables.put("object", value(object));
            variables.put("oldObject", before == null ? Map.of() : value(before));
            variables.put(
                    "request",
                    Map.of(
                            "operation", operation,
                            "name", name,
                            "namespace", namespace,
                            "userInfo", Map.of("username", user)));
            return variables;
        }
    }

    /** An expression's program, or the reason why there is none. */
    private record Compiled(CelRuntime.@Nullable Program program, String problem) {}

    /** The compiler and the runtime, made when the first policy is met. */
    private static final class Engine {
        private static final CelOptions OPTIONS = CelOptions.current().build();
        private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(
                        CelExtensions.strings(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.lists(),
                        CelExtensions.optional())
                .addVar("object", SimpleType.DYN)
                .addVar("oldObject", SimpleType.DYN)
                .addVar("request", SimpleType.DYN)
                .build();
        private static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .addLibraries(
                        CelExtensions.strings(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.lists(),
                        CelExtensions.optional())
                .build();
    }

    /** Why a bound policy denies it; empty when none does. */
    Optional<String> refusal(Attempt attempt) {
        for (ObjectNode binding :
                store.list("validatingadmissionpolicybindings" + GROUP, "").objects()) {
            String name = Tree.textOr(binding, "", "spec", "policyName");
            JsonNode policy = store.get(new ObjectKey("validatingadmissionpolicies" + GROUP, "", name));
            if (policy != null && covers(Tree.at(binding, "spec", "matchResources"), attempt)) {
                Optional<String> refusal = refusal(policy, attempt);
                if (refusal.isPresent()) {
                    return Optional.of("ValidatingAdmissionPolicy '" + name + "' with binding '"
                            + Tree.textOr(binding, "", "metadata", "name") + "' denied request: " + refusal.get());
                }
            }
        }
        return Optional.empty();
    }

    private boolean covers(JsonNode match, Attempt attempt) {
        JsonNode selector = match.path("namespaceSelector");
        JsonNode namespace = store.get(new ObjectKey("namespaces", "", attempt.namespace()));
        return !selector.isObject()
                || namespace == null
                || Selector.ofObject(selector).test(namespace);
    }

    /** Why one policy denies it; empty when it does not concern it or allows it. */
    public static Optional<String> refusal(JsonNode policy, Attempt attempt) {
        JsonNode spec = policy.path("spec");
        boolean concerned = false;
        for (JsonNode rule : Tree.at(spec, "matchConstraints", "resourceRules")) {
            concerned |= has(rule, "apiGroups", attempt.group())
                    && has(rule, "resources", attempt.resource())
                    && has(rule, "operations", attempt.operation());
        }
        if (!concerned) {
            return Optional.empty();
        }
        Map<String, Object> variables = attempt.variables();
        try {
            for (JsonNode condition : spec.path("matchConditions")) {
                if (!holds(condition, variables)) {
                    return Optional.empty();
                }
            }
            for (JsonNode validation : spec.path("validations")) {
                if (!holds(validation, variables)) {
                    String text = validation.path("expression").asText();
                    return Optional.of(Tree.textOr(validation, "failed expression: " + text, "message"));
                }
            }
            return Optional.empty();
        } catch (CelEvaluationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static boolean has(JsonNode rule, String field, String wanted) {
        List<String> given = Tree.texts(rule.path(field));
        return given.contains(wanted) || given.contains("*");
    }

    private static boolean holds(JsonNode rule, Map<String, Object> variables) throws CelEvaluationException {
        Compiled compiled = compile(rule.path("expression").asText());
        if (compiled.program == null) {
            throw new CelEvaluationException(compiled.problem);
        }
        return Boolean.TRUE.equals(compiled.program.eval(variables));
    }

    private static Compiled compile(String expression) {
        return COMPILED.computeIfAbsent(expression, text -> {
            try {
                return new Compiled(
                        Engine.RUNTIME.createProgram(
                                Engine.COMPILER.compile(text).getAst()),
                        "");
            } catch (CelValidationException | CelEvaluationException e) {
                return new Compiled(null, "compilation failed: " + e.getMessage());
            }
        });
    }

    /** A policy sees objects without a schema: maps, lists and plain values. */
    private static Object value(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            node.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    map.put(field.getKey(), value(field.getValue()));
                }
            });
            return map;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(item -> list.add(value(item)));
            return list;
        }
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        if (node.isIntegralNumber()) {
            return node.asLong();
        }
        return node.isNumber() ? (Object) node.asDouble() : node.asText();
    }
}
