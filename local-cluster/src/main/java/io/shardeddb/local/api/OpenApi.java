package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.tree.Tree;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI documents: the schemas of custom kinds as defined, those of built-in kinds open; and for each kind its paths
 * with the parameters that clients look for.
 */
final class OpenApi {
    private final Kinds kinds;

    OpenApi(Kinds kinds) {
        this.kinds = kinds;
    }

    /** The list of documents of version 3, one per group and version. */
    ObjectNode index() {
        ObjectNode index = Tree.object();
        ObjectNode paths = index.putObject("paths");
        Set<String> versions = new TreeSet<>();
        kinds.all().forEach(k -> versions.add(prefix(k)));
        for (String version : versions) {
            paths.putObject(version.substring(1)).put("serverRelativeURL", "/openapi/v3" + version);
        }
        return index;
    }

    private static String prefix(Kind kind) {
        return kind.group().isEmpty() ? "/api/v1" : "/apis/" + kind.group() + "/" + kind.version();
    }

    /** The document of one group and version, or null. */
    @Nullable
    ObjectNode document(String prefix) {
        ObjectNode document = Tree.object();
        document.put("openapi", "3.0.0");
        info(document);
        ObjectNode paths = document.putObject("paths");
        ObjectNode schemas = Tree.child(document, "components", "schemas");
        for (Kind kind : kinds.all()) {
            if (prefix(kind).equals(prefix)) {
                schemas.set(schemaName(kind), schema(kind));
                paths(kind, paths, "#/components/schemas/", true);
            }
        }
        return schemas.isEmpty() ? null : document;
    }

    /** The one document of version 2. */
    ObjectNode swagger() {
        ObjectNode document = Tree.object();
        document.put("swagger", "2.0");
        info(document);
        ObjectNode paths = document.putObject("paths");
        ObjectNode definitions = document.putObject("definitions");
        for (Kind kind : kinds.all()) {
            definitions.set(schemaName(kind), schema(kind));
            paths(kind, paths, "#/definitions/", false);
        }
        return document;
    }

    private static void info(ObjectNode document) {
        ObjectNode info = document.putObject("info");
        info.put("title", "Kubernetes");
        info.put("version", "v1.32.0");
    }

    private static String schemaName(Kind kind) {
        if (kind.custom() == null) {
            String group = kind.group().isEmpty() ? "core" : kind.group().split("\\.", -1)[0];
            return "io.k8s.api." + group + "." + kind.version() + "." + kind.kind();
        }
        String[] parts = kind.group().split("\\.", -1);
        StringBuilder reversed = new StringBuilder();
        for (int i = parts.length - 1; i >= 0; i--) {
            reversed.append(parts[i]).append('.');
        }
        return reversed + kind.version() + "." + kind.kind();
    }

    private static ObjectNode schema(Kind kind) {
        Kind.Custom custom = kind.custom();
        ObjectNode schema = custom == null
                ? Tree.object()
                : (ObjectNode) withoutExtensions(custom.schema().source());
        schema.put("type", "object");
        ObjectNode properties = Tree.child(schema, "properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        properties.putObject("metadata").put("type", "object");
        if (custom == null) {
            schema.put("x-kubernetes-preserve-unknown-fields", true);
        }
        ObjectNode gvk = schema.putArray("x-kubernetes-group-version-kind").addObject();
        gvk.put("group", kind.group());
        gvk.put("version", kind.version());
        gvk.put("kind", kind.kind());
        return schema;
    }

    /** Defaults and rules mean nothing to a client. */
    private static JsonNode withoutExtensions(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            ObjectNode result = Tree.object();
            object.properties().forEach(e -> {
                if (!e.getKey().equals("x-kubernetes-validations")) {
                    result.set(e.getKey(), withoutExtensions(e.getValue()));
                }
            });
            return result;
        }
        if (schema instanceof ArrayNode list) {
            ArrayNode result = Tree.array();
            list.forEach(e -> result.add(withoutExtensions(e)));
            return result;
        }
        return schema;
    }

    private static void paths(Kind kind, ObjectNode paths, String references, boolean three) {
        String base = prefix(kind) + (kind.namespaced() ? "/namespaces/{namespace}/" : "/") + kind.plural();
        ObjectNode all = paths.putObject(base);
        operation(kind, all, "get", "list", references, three);
        operation(kind, all, "post", "post", references, three);
        ObjectNode one = paths.putObject(base + "/{name}");
        operation(kind, one, "get", "get", references, three);
        operation(kind, one, "put", "put", references, three);
        operation(kind, one, "patch", "patch", references, three);
        operation(kind, one, "delete", "delete", references, three);
    }

    private static void operation(
            Kind kind, ObjectNode path, String method, String action, String references, boolean three) {
        ObjectNode operation = path.putObject(method);
        operation.put("operationId", action + kind.group().replace(".", "") + kind.version() + kind.kind());
        operation.put("x-kubernetes-action", action);
        ObjectNode gvk = operation.putObject("x-kubernetes-group-version-kind");
        gvk.put("group", kind.group());
        gvk.put("version", kind.version());
        gvk.put("kind", kind.kind());
        ArrayNode parameters = operation.putArray("parameters");
        if (!Set.of("get", "delete").contains(method)) {
            for (String name : new String[] {"dryRun", "fieldManager", "fieldValidation"}) {
                ObjectNode parameter = parameters.addObject();
                parameter.put("name", name);
                parameter.put("in", "query");
                if (three) {
                    parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
                } else {
                    parameter.put("type", "string");
                }
            }
        }
        ObjectNode ok = operation.putObject("responses").putObject("200");
        ok.put("description", "OK");
        ObjectNode schema = three ? Tree.child(ok, "content", "application/json", "schema") : ok.putObject("schema");
        schema.put("$ref", references + schemaName(kind));
    }
}
