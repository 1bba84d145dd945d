package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.schema.FieldError;
import io.shardeddb.local.schema.Structural;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of the built-in kinds that clients run into: required fields, selectors, what may not change. */
final class BuiltInRules {
    private static final Set<String> CHANGEABLE_STATEFUL_SET = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    private BuiltInRules() {}

    static void check(Kind kind, ObjectNode object, @Nullable ObjectNode old, List<FieldError> errors) {
        switch (kind.resource()) {
            case "pods" -> {
                podSpec(object.path("spec"), "spec", errors);
                if (old != null) {
                    podChange(object.path("spec"), old.path("spec"), errors);
                }
            }
            case "statefulsets.apps", "deployments.apps", "replicasets.apps" -> workload(kind, object, old, errors);
            case "services" -> service(object, old, errors);
            case "configmaps", "secrets" -> immutable(object, old, errors);
            case "customresourcedefinitions.apiextensions.k8s.io" -> definition(object, errors);
            case "roles.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io" -> {
                for (JsonNode rule : object.path("rules")) {
                    if (rule.path("verbs").isEmpty()) {
                        errors.add(required("rules.verbs"));
                    }
                }
            }
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" -> {
                if (old != null && !Tree.same(old.path("roleRef"), object.path("roleRef"))) {
                    errors.add(forbidden("roleRef", "cannot change roleRef"));
                }
            }
            default -> {}
        }
    }

    private static FieldError required(String field) {
        return new FieldError("FieldValueRequired", field, "Required value");
    }

    private static FieldError forbidden(String field, String why) {
        return new FieldError("FieldValueForbidden", field, "Forbidden: " + why);
    }

    private static FieldError invalid(String field, String value, String why) {
        return new FieldError("FieldValueInvalid", field, "Invalid value: " + value + ": " + why);
    }

    private static void podSpec(JsonNode spec, String path, List<FieldError> errors) {
        if (spec.path("containers").isEmpty()) {
            errors.add(required(path + ".containers"));
        }
        Set<String> volumes = new HashSet<>();
        spec.path("volumes").forEach(v -> volumes.add(v.path("name").asText()));
        Set<String> names = new HashSet<>();
        for (String list : new String[] {"initContainers", "containers"}) {
            int index = 0;
            for (JsonNode container : spec.path(list)) {
                String where = path + "." + list + "[" + index++ + "]";
                if (container.path("name").asText().isEmpty()) {
                    errors.add(required(where + ".name"));
                } else if (!names.add(container.path("name").asText())) {
                    errors.add(new FieldError(
                            "FieldValueDuplicate", where + ".name", "Duplicate value: " + container.path("name")));
                }
                if (container.path("image").asText().isEmpty()) {
                    errors.add(required(where + ".image"));
                }
                for (JsonNode mount : container.path("volumeMounts")) {
                    String volume = mount.path("name").asText();
                    boolean claimTemplate = path.startsWith("spec.template");
                    if (!volumes.contains(volume) && !claimTemplate) {
                        errors.add(new FieldError(
                                "FieldValueNotFound", where + ".volumeMounts.name", "Not found: \"" + volume + "\""));
                    }
                }
            }
        }
    }

    private static void podChange(JsonNode spec, JsonNode old, List<FieldError> errors) {
        if (!Tree.same(frozen(spec), frozen(old))) {
            errors.add(forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                            + " `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations`,"
                            + " `spec.terminationGracePeriodSeconds`"));
        }
    }

    private static ObjectNode frozen(JsonNode spec) {
        ObjectNode frozen = spec.deepCopy();
        frozen.remove(List.of("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"));
        for (String list : new String[] {"initContainers", "containers"}) {
            frozen.path(list).forEach(c -> {
                if (c instanceof ObjectNode container) {
                    container.remove(List.of("image", "imagePullPolicy"));
                }
            });
        }
        return frozen;
    }

    private static void workload(Kind kind, ObjectNode object, @Nullable ObjectNode old, List<FieldError> errors) {
        JsonNode spec = object.path("spec");
        JsonNode selector = spec.path("selector");
        if (selector.path("matchLabels").isEmpty()
                && selector.path("matchExpressions").isEmpty()) {
            errors.add(required("spec.selector"));
        } else if (!Selector.ofObject(selector).test(spec.path("template"))) {
            errors.add(invalid(
                    "spec.template.metadata.labels",
                    Tree.at(spec, "template", "metadata", "labels").toString(),
                    "`selector` does not match template `labels`"));
        }
        if (spec.path("replicas").asInt() < 0) {
            errors.add(
                    invalid("spec.replicas", spec.path("replicas").toString(), "must be greater than or equal to 0"));
        }
        podSpec(Tree.at(spec, "template", "spec"), "spec.template.spec", errors);
        if (old == null) {
            return;
        }
        if (!Tree.same(selector, Tree.at(old, "spec", "selector"))) {
            errors.add(invalid("spec.selector", selector.toString(), "field is immutable"));
        }
        if (kind.kind().equals("StatefulSet")) {
            ObjectNode now = spec.deepCopy();
            ObjectNode before = old.path("spec").deepCopy();
            now.remove(CHANGEABLE_STATEFUL_SET);
            before.remove(CHANGEABLE_STATEFUL_SET);
            if (!Tree.same(now, before)) {
                errors.add(forbidden(
                        "spec",
                        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                                + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy'"
                                + " and 'minReadySeconds' are forbidden"));
            }
        }
    }

    private static void service(ObjectNode object, @Nullable ObjectNode old, List<FieldError> errors) {
        JsonNode spec = object.path("spec");
        String type = spec.path("type").asText();
        if (!Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName").contains(type)) {
            errors.add(new FieldError(
                    "FieldValueNotSupported",
                    "spec.type",
                    "Unsupported value: \"" + type
                            + "\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""));
        }
        int index = 0;
        for (JsonNode port : spec.path("ports")) {
            int number = port.path("port").asInt();
            if (number < 1 || number > 65535) {
                errors.add(invalid(
                        "spec.ports[" + index + "].port",
                        port.path("port").toString(),
                        "must be between 1 and 65535, inclusive"));
            }
            if (spec.path("ports").size() > 1 && port.path("name").asText().isEmpty()) {
                errors.add(required("spec.ports[" + index + "].name"));
            }
            index++;
        }
        if (old != null
                && !type.equals("ExternalName")
                && !Tree.same(spec.path("clusterIP"), Tree.at(old, "spec", "clusterIP"))) {
            errors.add(invalid("spec.clusterIP", spec.path("clusterIP").toString(), "field is immutable"));
        }
    }

    private static void immutable(ObjectNode object, @Nullable ObjectNode old, List<FieldError> errors) {
        if (old == null || !old.path("immutable").asBoolean()) {
            return;
        }
        if (!Tree.same(old.path("data"), object.path("data"))
                || !Tree.same(old.path("binaryData"), object.path("binaryData"))
                || !object.path("immutable").asBoolean()) {
            errors.add(forbidden("data", "field is immutable when `immutable` is set"));
        }
    }

    private static void definition(ObjectNode object, List<FieldError> errors) {
        JsonNode spec = object.path("spec");
        String expected = Tree.textOr(spec, "", "names", "plural") + "." + Tree.textOr(spec, "", "group");
        if (!Meta.name(object).equals(expected)) {
            errors.add(invalid(
                    "metadata.name",
                    "\"" + Meta.name(object) + "\"",
                    "must be spec.names.plural+\".\"+spec.group, here \"" + expected + "\""));
        }
        int storing = 0;
        int index = 0;
        for (JsonNode version : spec.path("versions")) {
            storing += version.path("storage").asBoolean() ? 1 : 0;
            String where = "spec.versions[" + index++ + "].schema.openAPIV3Schema";
            JsonNode schema = Tree.at(version, "schema", "openAPIV3Schema");
            if (!schema.isObject()) {
                errors.add(required(where));
            } else {
                errors.addAll(Structural.parse(schema).checkRules(where));
            }
        }
        if (storing != 1) {
            errors.add(invalid(
                    "spec.versions",
                    "\"array\"",
                    "must have exactly one version marked as storage version, has " + storing));
        }
    }
}
