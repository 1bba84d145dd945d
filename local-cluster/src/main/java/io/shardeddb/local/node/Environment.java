package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The environment of a container, and the expansion of {@code $(NAME)}. */
final class Environment {
    private Environment() {}

    /** The variables that the pod gives its container. */
    static Map<String, String> of(JsonNode pod, JsonNode container, Objects objects) throws Mounts.NotReady {
        Map<String, String> variables = new LinkedHashMap<>();
        for (JsonNode source : container.path("envFrom")) {
            boolean secret = source.has("secretRef");
            JsonNode reference = secret ? source.path("secretRef") : source.path("configMapRef");
            JsonNode object = referenced(pod, reference, secret, objects);
            if (object != null) {
                String prefix = source.path("prefix").asText();
                Mounts.data(object, secret)
                        .forEach(
                                (key, value) -> variables.put(prefix + key, new String(value, StandardCharsets.UTF_8)));
            }
        }
        for (JsonNode variable : container.path("env")) {
            String value = value(pod, container, variable, objects);
            if (value != null) {
                variables.put(variable.path("name").asText(), expand(value, variables));
            }
        }
        return variables;
    }

    private static @Nullable JsonNode referenced(JsonNode pod, JsonNode reference, boolean secret, Objects objects)
            throws Mounts.NotReady {
        String name = reference.path("name").asText();
        JsonNode object = objects.get(secret ? "secrets" : "configmaps", Meta.namespace(pod), name);
        if (object == null && !reference.path("optional").asBoolean()) {
            throw new Mounts.NotReady((secret ? "secret" : "configmap") + " \"" + name + "\" not found");
        }
        return object;
    }

    private static @Nullable String value(JsonNode pod, JsonNode container, JsonNode variable, Objects objects)
            throws Mounts.NotReady {
        JsonNode from = variable.path("valueFrom");
        if (from.has("fieldRef")) {
            return field(pod, Tree.textOr(from, "", "fieldRef", "fieldPath"));
        }
        if (from.has("resourceFieldRef")) {
            String[] resource =
                    Tree.textOr(from, "", "resourceFieldRef", "resource").split("\\.", -1);
            return resource.length < 2
                    ? null
                    : Quantity.whole(Tree.textOr(container, "0", "resources", resource[0], resource[1]));
        }
        boolean secret = from.has("secretKeyRef");
        if (secret || from.has("configMapKeyRef")) {
            JsonNode reference = secret ? from.path("secretKeyRef") : from.path("configMapKeyRef");
            JsonNode object = referenced(pod, reference, secret, objects);
            byte[] content = object == null
                    ? null
                    : Mounts.data(object, secret).get(reference.path("key").asText());
            if (content == null && !reference.path("optional").asBoolean()) {
                throw new Mounts.NotReady(
                        "couldn't find key " + reference.path("key").asText() + " in "
                                + (secret ? "Secret " : "ConfigMap ") + Meta.namespace(pod) + "/"
                                + reference.path("name").asText());
            }
            return content == null ? null : new String(content, StandardCharsets.UTF_8);
        }
        return variable.path("value").asText("");
    }

    /** A field of the pod as the downward API names it. */
    static @Nullable String field(JsonNode pod, String path) {
        int bracket = path.indexOf('[');
        if (bracket > 0 && path.endsWith("']")) {
            String key = path.substring(bracket + 2, path.length() - 2);
            String[] map = path.substring(0, bracket).split("\\.", -1);
            return Tree.textOr(Tree.at(pod, map), "", key);
        }
        return switch (path) {
            case "status.hostIP" -> "127.0.0.1";
            case "status.podIPs" -> Tree.textOr(pod, "", "status", "podIP");
            default -> Tree.textOr(pod, "", path.split("\\.", -1));
        };
    }

    /** Replaces {@code $(NAME)} by a known variable; {@code $$(NAME)} stands for itself. */
    static String expand(String text, Map<String, String> variables) {
        StringBuilder result = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            if (text.startsWith("$$", i)) {
                result.append('$');
                i += 2;
            } else if (text.startsWith("$(", i) && text.indexOf(')', i) > 0) {
                int end = text.indexOf(')', i);
                String value = variables.get(text.substring(i + 2, end));
                result.append(value == null ? text.substring(i, end + 1) : value);
                i = end + 1;
            } else {
                result.append(text.charAt(i++));
            }
        }
        return result.toString();
    }
}
