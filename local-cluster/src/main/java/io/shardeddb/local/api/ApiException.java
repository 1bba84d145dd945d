package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.patch.Ownership;
import io.shardeddb.local.schema.FieldError;
import io.shardeddb.local.tree.Tree;
import java.util.List;
import java.util.stream.Collectors;

/** A request that was refused, with the Status object that says why. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;
    private final transient ObjectNode status;

    private ApiException(int code, String reason, String message, ObjectNode details) {
        super(message);
        this.code = code;
        this.status = Tree.object();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure");
        status.put("message", message);
        if (!reason.isEmpty()) {
            status.put("reason", reason);
        }
        if (!details.isEmpty()) {
            status.set("details", details);
        }
        status.put("code", code);
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** The Status object. */
    public ObjectNode status() {
        return status;
    }

    private static ObjectNode details(Kind kind, String name) {
        ObjectNode details = Tree.object();
        details.put("name", name);
        if (!kind.group().isEmpty()) {
            details.put("group", kind.group());
        }
        details.put("kind", kind.plural());
        return details;
    }

    /** There is no such object. */
    public static ApiException notFound(Kind kind, String name) {
        return new ApiException(404, "NotFound", kind.resource() + " \"" + name + "\" not found", details(kind, name));
    }

    /** There is nothing at this path. */
    public static ApiException noSuchPath(String path) {
        return new ApiException(
                404, "NotFound", "the server could not find the requested resource: " + path, Tree.object());
    }

    /** There is one of this name already. */
    public static ApiException alreadyExists(Kind kind, String name) {
        return new ApiException(
                409, "AlreadyExists", kind.resource() + " \"" + name + "\" already exists", details(kind, name));
    }

    /** The object has changed since it was read, or is another one. */
    public static ApiException conflict(Kind kind, String name, String why) {
        return new ApiException(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + kind.resource() + " \"" + name + "\": " + why,
                details(kind, name));
    }

    /** The object has changed since it was read. */
    public static ApiException modified(Kind kind, String name) {
        return conflict(
                kind,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    /** Other field managers hold other values. */
    public static ApiException applyConflict(List<Ownership.Conflict> conflicts) {
        ObjectNode details = Tree.object();
        ArrayNode causes = details.putArray("causes");
        for (Ownership.Conflict conflict : conflicts) {
            ObjectNode cause = causes.addObject();
            cause.put("reason", "FieldManagerConflict");
            cause.put("message", "conflict with " + describe(conflict));
            cause.put("field", conflict.field());
        }
        String text = conflicts.stream()
                .map(c -> "conflict with " + describe(c) + ": " + c.field())
                .collect(Collectors.joining(", "));
        String message = "Apply failed with " + conflicts.size()
                + (conflicts.size() == 1 ? " conflict: " : " conflicts: ") + text;
        return new ApiException(409, "Conflict", message, details);
    }

    private static String describe(Ownership.Conflict conflict) {
        return "\"" + conflict.manager() + "\"" + (conflict.apply() ? "" : " using " + conflict.apiVersion());
    }

    /** The object breaks rules. */
    public static ApiException invalid(Kind kind, String name, List<FieldError> errors) {
        ObjectNode details = details(kind, name);
        details.put("kind", kind.kind());
        ArrayNode causes = details.putArray("causes");
        for (FieldError error : errors) {
            ObjectNode cause = causes.addObject();
            cause.put("reason", error.reason());
            cause.put("message", error.message());
            cause.put("field", error.field());
        }
        List<String> texts =
                errors.stream().map(e -> e.field() + ": " + e.message()).toList();
        String all = texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
        String group = kind.group().isEmpty() ? "" : "." + kind.group();
        return new ApiException(422, "Invalid", kind.kind() + group + " \"" + name + "\" is invalid: " + all, details);
    }

    /** What a patch leads to breaks rules; it is not told which object it was for. */
    static ApiException invalidPatch(FieldError error) {
        ObjectNode details = Tree.object();
        ObjectNode cause = details.putArray("causes").addObject();
        cause.put("reason", error.reason());
        cause.put("message", error.message());
        cause.put("field", error.field());
        return new ApiException(422, "Invalid", " \"\" is invalid: " + error.field() + ": " + error.message(), details);
    }

    /** An error that Kubernetes answers without a reason. */
    static ApiException untyped(String message) {
        return new ApiException(500, "", message, Tree.object());
    }

    /** The request makes no sense. */
    public static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message, Tree.object());
    }

    /** The request is understood and refused. */
    public static ApiException forbidden(Kind kind, String name, String why) {
        return new ApiException(
                403, "Forbidden", kind.resource() + " \"" + name + "\" is forbidden: " + why, details(kind, name));
    }

    /** An eviction that a disruption budget does not allow now. */
    public static ApiException tooManyRequests(String message) {
        return new ApiException(429, "TooManyRequests", message, Tree.object());
    }

    /** The verb does not exist here. */
    public static ApiException methodNotAllowed(String method) {
        return new ApiException(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource: " + method,
                Tree.object());
    }

    /** The body has a type that is not understood. */
    public static ApiException unsupportedMediaType(String type, List<String> allowed) {
        return new ApiException(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format " + type + " - accepted media types include: "
                        + String.join(", ", allowed),
                Tree.object());
    }

    /** The revision asked for is forgotten. */
    public static ApiException expired(long asked, long current) {
        return new ApiException(
                410, "Expired", "too old resource version: " + asked + " (" + current + ")", Tree.object());
    }

    /** A fault of this program. */
    public static ApiException internal(String message) {
        return new ApiException(500, "InternalError", "Internal error occurred: " + message, Tree.object());
    }
}
