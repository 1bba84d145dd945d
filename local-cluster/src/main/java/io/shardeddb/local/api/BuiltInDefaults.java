package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The defaults of the built-in kinds, as far as clients or controllers look at them. */
final class BuiltInDefaults {
    private BuiltInDefaults() {}

    static void set(Kind kind, ObjectNode object, @Nullable ObjectNode old, Supplier<String> freeAddress) {
        switch (kind.resource()) {
            case "namespaces" -> namespace(object, old);
            case "pods" -> pod(object, old);
            case "services" -> service(object, old, freeAddress);
            case "secrets" -> secret(object);
            case "persistentvolumeclaims" -> claim(Tree.child(object, "spec"), object, old);
            case "statefulsets.apps" -> statefulSet(object);
            case "deployments.apps" -> deployment(object);
            case "replicasets.apps" -> {
                ObjectNode spec = Tree.child(object, "spec");
                put(spec, "replicas", 1);
                template(spec);
            }
            case "customresourcedefinitions.apiextensions.k8s.io" -> definition(object, old);
            default -> {}
        }
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void put(ObjectNode object, String field, int value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void namespace(ObjectNode object, @Nullable ObjectNode old) {
        Tree.child(object, "metadata", "labels").put("kubernetes.io/metadata.name", Meta.name(object));
        if (old == null) {
            Tree.child(object, "spec").putArray("finalizers").add("kubernetes");
            Tree.child(object, "status").put("phase", "Active");
        }
    }

    private static void pod(ObjectNode object, @Nullable ObjectNode old) {
        podSpec(Tree.child(object, "spec"));
        if (old == null) {
            ObjectNode status = Tree.child(object, "status");
            put(status, "phase", "Pending");
            put(status, "qosClass", "BestEffort");
        }
    }

    private static void template(ObjectNode spec) {
        podSpec(Tree.child(spec, "template", "spec"));
    }

    private static void podSpec(ObjectNode spec) {
        put(spec, "restartPolicy", "Always");
        put(spec, "terminationGracePeriodSeconds", 30);
        put(spec, "dnsPolicy", "ClusterFirst");
        put(spec, "schedulerName", "default-scheduler");
        if (!spec.has("securityContext")) {
            spec.putObject("securityContext");
        }
        String account = Tree.text(spec, "serviceAccountName");
        if (account != null) {
            put(spec, "serviceAccount", account);
        }
        for (String list : new String[] {"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list)) {
                if (container instanceof ObjectNode one) {
                    container(one);
                }
            }
        }
        for (JsonNode volume : spec.path("volumes")) {
            for (String source : new String[] {"configMap", "secret"}) {
                if (volume.get(source) instanceof ObjectNode files) {
                    put(files, "defaultMode", 420);
                }
            }
        }
    }

    private static void container(ObjectNode container) {
        String image = container.path("image").asText();
        put(
                container,
                "imagePullPolicy",
                image.contains(":") && !image.endsWith(":latest") ? "IfNotPresent" : "Always");
        put(container, "terminationMessagePath", "/dev/termination-log");
        put(container, "terminationMessagePolicy", "File");
        if (!container.has("resources")) {
            container.putObject("resources");
        }
        for (JsonNode port : container.path("ports")) {
            if (port instanceof ObjectNode one) {
                put(one, "protocol", "TCP");
            }
        }
        for (JsonNode variable : container.path("env")) {
            if (Tree.at(variable, "valueFrom", "fieldRef") instanceof ObjectNode reference) {
                put(reference, "apiVersion", "v1");
            }
        }
        for (String kind : new String[] {"startupProbe", "livenessProbe", "readinessProbe"}) {
            if (container.get(kind) instanceof ObjectNode probe) {
                put(probe, "timeoutSeconds", 1);
                put(probe, "periodSeconds", 10);
                put(probe, "successThreshold", 1);
                put(probe, "failureThreshold", 3);
                if (probe.get("httpGet") instanceof ObjectNode get) {
                    put(get, "path", "/");
                    put(get, "scheme", "HTTP");
                }
            }
        }
    }

    private static void service(ObjectNode object, @Nullable ObjectNode old, Supplier<String> freeAddress) {
        ObjectNode spec = Tree.child(object, "spec");
        put(spec, "type", "ClusterIP");
        put(spec, "sessionAffinity", "None");
        for (JsonNode port : spec.path("ports")) {
            if (port instanceof ObjectNode one) {
                put(one, "protocol", "TCP");
                if (!one.has("targetPort")) {
                    one.set("targetPort", one.path("port"));
                }
            }
        }
        if (spec.path("type").asText().equals("ExternalName")) {
            return;
        }
        put(spec, "internalTrafficPolicy", "Cluster");
        put(spec, "ipFamilyPolicy", "SingleStack");
        if (!spec.has("ipFamilies")) {
            spec.putArray("ipFamilies").add("IPv4");
        }
        String address = Tree.textOr(spec, "", "clusterIP");
        if (address.isEmpty() && old != null) {
            address = Tree.textOr(old, "", "spec", "clusterIP");
        }
        if (address.isEmpty()) {
            address = freeAddress.get();
        }
        spec.put("clusterIP", address);
        if (!spec.has("clusterIPs")) {
            spec.putArray("clusterIPs").add(address);
        }
        if (old == null) {
            Tree.child(object, "status", "loadBalancer");
        }
    }

    private static void secret(ObjectNode object) {
        put(object, "type", "Opaque");
        if (object.get("stringData") instanceof ObjectNode strings) {
            ObjectNode data = Tree.child(object, "data");
            strings.properties()
                    .forEach(e -> data.put(
                            e.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(e.getValue().asText().getBytes(StandardCharsets.UTF_8))));
            object.remove("stringData");
        }
    }

    private static void claim(ObjectNode spec, ObjectNode object, @Nullable ObjectNode old) {
        put(spec, "volumeMode", "Filesystem");
        put(spec, "storageClassName", "standard");
        if (old == null) {
            Tree.child(object, "status").put("phase", "Pending");
            ObjectNode metadata = Meta.of(object);
            ArrayNode finalizers =
                    metadata.get("finalizers") instanceof ArrayNode there ? there : metadata.putArray("finalizers");
            if (!Tree.texts(finalizers).contains("kubernetes.io/pvc-protection")) {
                finalizers.add("kubernetes.io/pvc-protection");
            }
        } else if (spec.path("volumeName").isMissingNode()
                && Tree.at(old, "spec", "volumeName").isTextual()) {
            spec.set("volumeName", Tree.at(old, "spec", "volumeName"));
        }
    }

    private static void statefulSet(ObjectNode object) {
        ObjectNode spec = Tree.child(object, "spec");
        put(spec, "replicas", 1);
        put(spec, "podManagementPolicy", "OrderedReady");
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "serviceName", "");
        ObjectNode strategy = Tree.child(spec, "updateStrategy");
        put(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            put(Tree.child(strategy, "rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = Tree.child(spec, "persistentVolumeClaimRetentionPolicy");
        put(retention, "whenDeleted", "Retain");
        put(retention, "whenScaled", "Retain");
        for (JsonNode template : spec.path("volumeClaimTemplates")) {
            if (template instanceof ObjectNode claim) {
                put(claim, "apiVersion", "v1");
                put(claim, "kind", "PersistentVolumeClaim");
                put(Tree.child(claim, "spec"), "volumeMode", "Filesystem");
                put(Tree.child(claim, "status"), "phase", "Pending");
            }
        }
        template(spec);
    }

    private static void deployment(ObjectNode object) {
        ObjectNode spec = Tree.child(object, "spec");
        put(spec, "replicas", 1);
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = Tree.child(spec, "strategy");
        put(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rolling = Tree.child(strategy, "rollingUpdate");
            put(rolling, "maxUnavailable", "25%");
            put(rolling, "maxSurge", "25%");
        }
        template(spec);
    }

    private static void definition(ObjectNode object, @Nullable ObjectNode old) {
        ObjectNode spec = Tree.child(object, "spec");
        ObjectNode names = Tree.child(spec, "names");
        String kind = names.path("kind").asText();
        put(names, "singular", kind.toLowerCase(java.util.Locale.ROOT));
        put(names, "listKind", kind + "List");
        put(Tree.child(spec, "conversion"), "strategy", "None");
        ObjectNode metadata = Meta.of(object);
        if (old == null) {
            ArrayNode finalizers =
                    metadata.get("finalizers") instanceof ArrayNode there ? there : metadata.putArray("finalizers");
            finalizers.add(Definitions.CLEANUP);
            Definitions.establish(object);
        }
    }
}
