package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.ApiServer.Answer;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.kind.Kinds;
import io.shardeddb.local.patch.InvalidPatch;
import io.shardeddb.local.patch.JsonPatch;
import io.shardeddb.local.patch.MergePatch;
import io.shardeddb.local.patch.MergeTypes;
import io.shardeddb.local.patch.StrategicMergePatch;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The requests that change something, from their paths and bodies to {@link Writes} and {@link Deletion}. */
final class WriteRequests {
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";
    private static final String APPLY_PATCH = "application/apply-patch+yaml";

    private final ObjectStore store;
    private final Kinds kinds;
    private final Writes writes;
    private final Deletion deletion;
    private final Reads reads;

    WriteRequests(ObjectStore store, Kinds kinds, Writes writes, Deletion deletion, Reads reads) {
        this.store = store;
        this.kinds = kinds;
        this.writes = writes;
        this.deletion = deletion;
        this.reads = reads;
    }

    Answer answer(Target target, Request request) {
        WriteOptions options = options(target, request);
        String type = request.headers().getOrDefault("content-type", "");
        if (!type.contains("protobuf") && !type.contains("cbor")) {
            DuplicateFields.check(request.body(), options);
        }
        Answer answer = switch (request.method()) {
            case "POST" -> post(target, request, options);
            case "PUT" -> put(target, request, options);
            case "PATCH" -> patch(target, request, options);
            case "DELETE" -> target.name().isEmpty() ? deleteMany(target, request) : delete(target, request);
            default -> throw ApiException.methodNotAllowed(request.method());
        };
        return new Answer(answer.status(), answer.body(), List.copyOf(options.warnings()));
    }

    private static WriteOptions options(Target target, Request request) {
        String user = Rights.caller(request);
        String agent = request.headers().getOrDefault("user-agent", "unknown");
        int slash = agent.indexOf('/');
        String manager = request.query("fieldManager", slash < 0 ? agent : agent.substring(0, slash));
        return new WriteOptions(
                manager.isEmpty() ? "unknown" : manager,
                !request.query("dryRun", "").isEmpty(),
                FieldValidation.of(request.query("fieldValidation", "")),
                request.method().equals("PATCH"),
                request.flag("force"),
                user == null ? "" : user,
                target.subresource(),
                new LinkedHashSet<>());
    }

    private static JsonNode body(Request request) {
        String type = request.headers().getOrDefault("content-type", "");
        try {
            if (type.contains("protobuf")) {
                ObjectNode object = Protobuf.read(request.body());
                if (object != null) {
                    return object;
                }
            }
            if (type.contains("protobuf") || type.contains("cbor")) {
                throw ApiException.unsupportedMediaType(type, List.of("application/json", "application/yaml"));
            }
            JsonNode body = Tree.parse(request.body());
            return body == null ? Tree.object() : body;
        } catch (IOException e) {
            throw ApiException.badRequest("the body of the request does not parse: " + e.getMessage());
        }
    }

    private static ObjectNode objectBody(Request request) {
        if (body(request) instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("the body of the request is not an object");
    }

    private ObjectNode incoming(Kind kind, Request request) {
        ObjectNode body = objectBody(request);
        boolean newEvent = kind.resource().equals("events")
                && body.path("apiVersion").asText().startsWith("events.k8s.io/");
        return newEvent ? EventForms.toCore(body) : body;
    }

    private Answer post(Target target, Request request, WriteOptions options) {
        Kind kind = target.kind();
        if (target.name().isEmpty()) {
            ObjectNode body = incoming(kind, request);
            String namespace = target.namespace().isEmpty() ? Meta.namespace(body) : target.namespace();
            return new Answer(201, writes.create(kind, namespace, body, options));
        }
        return switch (target.subresource()) {
            case "eviction" -> evict(target, request);
            case "binding" -> {
                String node = Tree.textOr(objectBody(request), "", "target", "name");
                writes.change(
                        kind,
                        target.key(),
                        "",
                        pod -> {
                            Tree.child(pod, "spec").put("nodeName", node);
                            return pod;
                        },
                        options);
                yield success(kind, target.key(), "");
            }
            case "token" -> {
                ObjectNode token = objectBody(request);
                Tree.child(token, "status").put("token", "local");
                yield new Answer(201, token);
            }
            default -> throw ApiException.methodNotAllowed("POST");
        };
    }

    private Answer evict(Target target, Request request) {
        ObjectNode pod = writes.current(target.kind(), target.key());
        for (ObjectNode budget :
                store.list("poddisruptionbudgets.policy", target.namespace()).objects()) {
            JsonNode selector = Tree.at(budget, "spec", "selector");
            if (Selector.ofObject(selector).test(pod)
                    && Tree.at(budget, "status", "disruptionsAllowed").asInt(0) < 1) {
                throw ApiException.tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.");
            }
        }
        ObjectNode eviction = objectBody(request);
        deletion.delete(target.kind(), target.key(), eviction.path("deleteOptions"));
        ObjectNode status = Tree.object();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("status", "Success");
        status.put("code", 201);
        return new Answer(201, status);
    }

    private Answer put(Target target, Request request, WriteOptions options) {
        requireName(target, "PUT");
        Kind kind = target.kind();
        if (target.subresource().equals("scale")) {
            ObjectNode scale = objectBody(request);
            ObjectNode scaled =
                    writes.change(kind, target.key(), "", object -> Scales.into(kind, object, scale), options);
            return new Answer(200, Scales.of(kind, scaled));
        }
        ObjectNode body = incoming(kind, request);
        if (Meta.name(body).isEmpty()) {
            Meta.of(body).put("name", target.name());
        }
        return new Answer(200, writes.update(kind, target.key(), target.subresource(), body, options));
    }

    private static void requireName(Target target, String method) {
        if (target.name().isEmpty()) {
            throw ApiException.methodNotAllowed(method);
        }
    }

    private Answer patch(Target target, Request request, WriteOptions options) {
        requireName(target, "PATCH");
        Kind kind = target.kind();
        String type = String.valueOf(request.header("content-type"))
                .split(";", -1)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        if (type.equals(APPLY_PATCH)) {
            if (request.query("fieldManager", "").isEmpty()) {
                throw ApiException.badRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value:"
                        + " is required for apply patch");
            }
            boolean existed = store.get(target.key()) != null;
            ObjectNode applied =
                    writes.apply(kind, target.key(), target.subresource(), incoming(kind, request), options);
            return new Answer(existed ? 200 : 201, applied);
        }
        JsonNode patch = body(request);
        boolean strategic = type.equals(STRATEGIC_PATCH) && kind.custom() == null;
        if (!strategic && !type.equals(MERGE_PATCH) && !type.equals(JSON_PATCH)) {
            throw ApiException.unsupportedMediaType(
                    type,
                    kind.custom() == null
                            ? List.of(JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH)
                            : List.of(JSON_PATCH, MERGE_PATCH, APPLY_PATCH));
        }
        if (target.subresource().equals("scale")) {
            ObjectNode scaled = writes.change(
                    kind,
                    target.key(),
                    "",
                    object -> Scales.into(kind, object, patched(kind, Scales.of(kind, object), patch, type)),
                    options);
            return new Answer(200, Scales.of(kind, scaled));
        }
        ObjectNode result = writes.change(
                kind, target.key(), target.subresource(), object -> patched(kind, object, patch, type), options);
        return new Answer(200, result);
    }

    private static ObjectNode patched(Kind kind, ObjectNode object, JsonNode patch, String type) {
        try {
            JsonNode result = switch (type) {
                case JSON_PATCH -> JsonPatch.apply(object, patch);
                case MERGE_PATCH -> MergePatch.apply(object, patch);
                default -> StrategicMergePatch.apply(object, patch, MergeTypes.of(kind));
            };
            if (result instanceof ObjectNode patched) {
                return patched;
            }
            throw ApiException.badRequest("the patch leaves no object");
        } catch (InvalidPatch e) {
            throw ApiException.badRequest("the patch cannot be applied: " + e.getMessage());
        }
    }

    private static ObjectNode deleteOptions(Request request) {
        ObjectNode options = request.body().length == 0 ? Tree.object() : objectBody(request);
        if (request.query().containsKey("propagationPolicy")) {
            options.put("propagationPolicy", request.query("propagationPolicy", ""));
        }
        if (request.query().containsKey("gracePeriodSeconds")) {
            options.put("gracePeriodSeconds", Reads.number(request, "gracePeriodSeconds", 0));
        }
        if (request.query().containsKey("dryRun")) {
            options.putArray("dryRun").add("All");
        }
        return options;
    }

    private Answer delete(Target target, Request request) {
        if (!target.subresource().isEmpty()) {
            throw ApiException.methodNotAllowed("DELETE");
        }
        Deletion.Deleted deleted = deletion.delete(target.kind(), target.key(), deleteOptions(request));
        return deleted.gone() && !target.kind().resource().equals("pods")
                ? success(target.kind(), target.key(), Meta.uid(deleted.object()))
                : new Answer(200, deleted.object());
    }

    private static Answer success(Kind kind, ObjectKey key, @Nullable String uid) {
        ObjectNode status = Tree.object();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success");
        ObjectNode details = status.putObject("details");
        details.put("name", key.name());
        if (!kind.group().isEmpty()) {
            details.put("group", kind.group());
        }
        details.put("kind", kind.plural());
        details.put("uid", uid);
        return new Answer(200, status);
    }

    private Answer deleteMany(Target target, Request request) {
        Kind kind = target.kind();
        ObjectNode options = deleteOptions(request);
        ArrayNode items = Tree.array();
        for (ObjectNode object : reads.matching(kind, target.namespace(), request)) {
            ObjectKey key = kind.key(Meta.namespace(object), Meta.name(object));
            try {
                items.add(deletion.delete(kind, key, options).object());
            } catch (ApiException e) {
                if (e.code() != 404) {
                    throw e;
                }
            }
        }
        ObjectNode list = Tree.object();
        list.put("kind", kind.listKind());
        list.put("apiVersion", kind.apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(store.revision()));
        list.set("items", items);
        return new Answer(200, list);
    }

    Kinds kinds() {
        return kinds;
    }
}
