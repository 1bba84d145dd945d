package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.store.ObjectStore;
import io.shardeddb.local.tree.Tree;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Role based access control for the service accounts of pods, as Kubernetes has it: what no role of a binding allows is
 * forbidden. Anyone who comes without a service account's token may do everything. A token is the account's name and no
 * secret: this keeps programs honest about the rights that they need, it keeps nobody out.
 */
public final class Rights {
    private static final String BEARER = "Bearer ";
    private static final String ACCOUNT = "system:serviceaccount:";

    private final ObjectStore store;
    private final Set<Access> used = ConcurrentHashMap.newKeySet();
    private final Set<Access> refused = ConcurrentHashMap.newKeySet();

    /** Reads roles and bindings from the store at each question. */
    public Rights(ObjectStore store) {
        this.store = store;
    }

    /** The token with which the pods of a service account call. */
    public static String token(String namespace, String account) {
        return ACCOUNT + namespace + ":" + account;
    }

    /** What service accounts were allowed and did since the start. */
    public Set<Access> used() {
        return Set.copyOf(used);
    }

    /** What service accounts were refused since the start. */
    public Set<Access> refused() {
        return Set.copyOf(refused);
    }

    /** The service account that calls, or null for everybody else. */
    static @Nullable String caller(Request request) {
        String header = request.header("authorization");
        return header != null && header.startsWith(BEARER + ACCOUNT) ? header.substring(BEARER.length()) : null;
    }

    /** Lets the request through or refuses it. */
    void check(Target target, Request request) {
        String user = caller(request);
        if (user == null) {
            return;
        }
        String resource = target.kind().plural() + (target.subresource().isEmpty() ? "" : "/" + target.subresource());
        require(user, verb(target, request), resource, target, request);
        boolean creates = request.method().equals("PATCH")
                && String.valueOf(request.header("content-type")).startsWith("application/apply-patch")
                && store.get(target.key()) == null;
        if (creates) {
            require(user, "create", resource, target, request);
        }
    }

    private void require(String user, String verb, String resource, Target target, Request request) {
        String name = target.name().isEmpty() ? selectedName(request) : target.name();
        Access access = new Access(user, verb, target.kind().group(), resource, target.namespace(), name);
        if (!allows(access)) {
            refused.add(access.anyObject());
            throw ApiException.forbidden(
                    target.kind(),
                    target.name(),
                    "User \"" + user + "\" cannot " + verb + " resource \"" + resource + "\" in API group \""
                            + target.kind().group() + "\""
                            + (target.namespace().isEmpty()
                                    ? " at the cluster scope"
                                    : " in the namespace \"" + target.namespace() + "\""));
        }
        used.add(access.anyObject());
    }

    /** A collection narrowed to one object counts as this object. */
    private static String selectedName(Request request) {
        String selector = request.query("fieldSelector", "");
        String prefix = "metadata.name=";
        return selector.startsWith(prefix) && selector.indexOf(',') < 0 ? selector.substring(prefix.length()) : "";
    }

    private static String verb(Target target, Request request) {
        boolean collection = target.name().isEmpty();
        return switch (request.method()) {
            case "GET" -> request.flag("watch") ? "watch" : collection ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection ? "deletecollection" : "delete";
            default -> throw ApiException.methodNotAllowed(request.method());
        };
    }

    /** Whether a role that is bound to the account allows it. */
    public boolean allows(Access access) {
        return bound("clusterrolebindings.rbac.authorization.k8s.io", "", access)
                || (!access.namespace().isEmpty()
                        && bound("rolebindings.rbac.authorization.k8s.io", access.namespace(), access));
    }

    private boolean bound(String bindings, String namespace, Access access) {
        for (ObjectNode binding : store.list(bindings, namespace).objects()) {
            for (JsonNode subject : binding.path("subjects")) {
                if (names(subject, namespace, access.user())
                        && roleAllows(binding.path("roleRef"), namespace, access)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean names(JsonNode subject, String namespace, String user) {
        String name = subject.path("name").asText();
        return switch (subject.path("kind").asText()) {
            case "ServiceAccount" -> user.equals(token(subject.path("namespace").asText(namespace), name));
            case "User" -> user.equals(name);
            case "Group" ->
                Set.of(
                                "system:authenticated",
                                "system:serviceaccounts",
                                "system:serviceaccounts:" + user.split(":", -1)[2])
                        .contains(name);
            default -> false;
        };
    }

    private boolean roleAllows(JsonNode reference, String namespace, Access access) {
        boolean wide = reference.path("kind").asText().equals("ClusterRole");
        JsonNode role = store.get(new ObjectKey(
                (wide ? "clusterroles" : "roles") + ".rbac.authorization.k8s.io",
                wide ? "" : namespace,
                reference.path("name").asText()));
        if (role == null) {
            return false;
        }
        for (JsonNode rule : role.path("rules")) {
            if (allows(rule, access)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one rule of a role allows it. */
    public static boolean allows(JsonNode rule, Access access) {
        List<String> names = Tree.texts(rule.path("resourceNames"));
        String resource = access.resource();
        int slash = resource.indexOf('/');
        String anyParent = slash < 0 ? "*" : "*" + resource.substring(slash);
        return has(rule, "verbs", access.verb(), "*")
                && has(rule, "apiGroups", access.group(), "*")
                && (has(rule, "resources", resource, "*") || has(rule, "resources", anyParent, "*"))
                && (names.isEmpty() || names.contains(access.name()));
    }

    private static boolean has(JsonNode rule, String field, String wanted, String all) {
        List<String> given = Tree.texts(rule.path(field));
        return given.contains(wanted) || given.contains(all);
    }

    /** Answers a service account's question about its own rights; everybody else may do everything. */
    boolean allowsReview(Request request, JsonNode review) {
        String user = caller(request);
        JsonNode asked = Tree.at(review, "spec", "resourceAttributes");
        if (user == null || !asked.isObject()) {
            return true;
        }
        String subresource = asked.path("subresource").asText();
        return allows(new Access(
                user,
                asked.path("verb").asText(),
                asked.path("group").asText(),
                asked.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                asked.path("namespace").asText(),
                asked.path("name").asText()));
    }
}
