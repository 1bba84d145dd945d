package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.kind.Kind;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The printer columns of the built-in kinds. */
final class BuiltInColumns {
    private BuiltInColumns() {}

    static List<Column> of(Kind kind) {
        return switch (kind.resource()) {
            case "pods" ->
                List.of(
                        Column.NAME,
                        Column.text("Ready", 0, BuiltInColumns::podReady),
                        Column.text("Status", 0, BuiltInColumns::podStatus),
                        Column.text("Restarts", 0, BuiltInColumns::podRestarts),
                        Column.AGE,
                        text("IP", 1, "status", "podIP"),
                        text("Node", 1, "spec", "nodeName"),
                        Column.text("Nominated Node", 1, o -> "<none>"),
                        Column.text("Readiness Gates", 1, o -> "<none>"));
            case "statefulsets.apps" ->
                List.of(
                        Column.NAME,
                        Column.text("Ready", 0, BuiltInColumns::replicasReady),
                        Column.AGE,
                        Column.text("Containers", 1, o -> containers(o, "name")),
                        Column.text("Images", 1, o -> containers(o, "image")));
            case "deployments.apps" ->
                List.of(
                        Column.NAME,
                        Column.text("Ready", 0, BuiltInColumns::replicasReady),
                        number("Up-to-date", "status", "updatedReplicas"),
                        number("Available", "status", "availableReplicas"),
                        Column.AGE,
                        Column.text("Containers", 1, o -> containers(o, "name")),
                        Column.text("Images", 1, o -> containers(o, "image")),
                        Column.text("Selector", 1, o -> Selector.text(Tree.at(o, "spec", "selector"))));
            case "replicasets.apps" ->
                List.of(
                        Column.NAME,
                        number("Desired", "spec", "replicas"),
                        number("Current", "status", "replicas"),
                        number("Ready", "status", "readyReplicas"),
                        Column.AGE);
            default -> ofOther(kind);
        };
    }

    private static List<Column> ofOther(Kind kind) {
        return switch (kind.resource()) {
            case "services" ->
                List.of(
                        Column.NAME,
                        text("Type", 0, "spec", "type"),
                        text("Cluster-IP", 0, "spec", "clusterIP"),
                        Column.text("External-IP", 0, BuiltInColumns::externalAddress),
                        Column.text("Port(s)", 0, BuiltInColumns::ports),
                        Column.AGE,
                        Column.text("Selector", 1, BuiltInColumns::serviceSelector));
            case "persistentvolumeclaims" ->
                List.of(
                        Column.NAME,
                        Column.text(
                                "Status",
                                0,
                                o -> Meta.deleting(o) ? "Terminating" : Tree.textOr(o, "", "status", "phase")),
                        text("Volume", 0, "spec", "volumeName"),
                        text("Capacity", 0, "status", "capacity", "storage"),
                        Column.text("Access Modes", 0, o -> accessModes(Tree.at(o, "status", "accessModes"))),
                        text("StorageClass", 0, "spec", "storageClassName"),
                        Column.text("VolumeAttributesClass", 0, o -> "<unset>"),
                        Column.AGE);
            case "events", "events.events.k8s.io" ->
                List.of(
                        new Column("Last Seen", "string", "", 0, (o, now) -> Column.age(lastSeen(o), now)),
                        text("Type", 0, "type"),
                        text("Reason", 0, "reason"),
                        Column.text("Object", 0, BuiltInColumns::involved),
                        text("Message", 0, "message"),
                        new Column("Name", "string", "name", 1, Column.NAME.value()));
            case "namespaces" -> List.of(Column.NAME, text("Status", 0, "status", "phase"), Column.AGE);
            case "nodes" ->
                List.of(
                        Column.NAME,
                        Column.text("Status", 0, o -> "Ready"),
                        Column.text("Roles", 0, o -> "control-plane"),
                        Column.AGE,
                        text("Version", 0, "status", "nodeInfo", "kubeletVersion"));
            case "configmaps" -> List.of(Column.NAME, size("Data", "data"), Column.AGE);
            case "secrets" -> List.of(Column.NAME, text("Type", 0, "type"), size("Data", "data"), Column.AGE);
            case "leases.coordination.k8s.io" ->
                List.of(Column.NAME, text("Holder", 0, "spec", "holderIdentity"), Column.AGE);
            case "poddisruptionbudgets.policy" ->
                List.of(
                        Column.NAME,
                        Column.text("Min Available", 0, o -> Tree.textOr(o, "N/A", "spec", "minAvailable")),
                        Column.text("Max Unavailable", 0, o -> Tree.textOr(o, "N/A", "spec", "maxUnavailable")),
                        number("Allowed Disruptions", "status", "disruptionsAllowed"),
                        Column.AGE);
            case "customresourcedefinitions.apiextensions.k8s.io" ->
                List.of(Column.NAME, Column.path("Created At", "string", 0, ".metadata.creationTimestamp"));
            default -> List.of(Column.NAME, Column.AGE);
        };
    }

    private static Column text(String name, int priority, String... path) {
        return Column.text(name, priority, o -> Tree.textOr(o, "<none>", path));
    }

    private static Column number(String name, String... path) {
        return new Column(
                name,
                "integer",
                "",
                0,
                (o, now) -> Tree.object().numberNode(Tree.at(o, path).asLong(0)));
    }

    private static Column size(String name, String field) {
        return new Column(
                name,
                "integer",
                "",
                0,
                (o, now) -> Tree.object().numberNode(o.path(field).size()));
    }

    private static String podReady(JsonNode pod) {
        int ready = 0;
        for (JsonNode status : Tree.at(pod, "status", "containerStatuses")) {
            ready += status.path("ready").asBoolean() ? 1 : 0;
        }
        return ready + "/" + Tree.at(pod, "spec", "containers").size();
    }

    private static String podStatus(JsonNode pod) {
        if (Meta.deleting(pod)) {
            return "Terminating";
        }
        String shown = Tree.textOr(pod, "Unknown", "status", "phase");
        String phaseReason = Tree.text(pod, "status", "reason");
        if (phaseReason != null) {
            shown = phaseReason;
        }
        for (JsonNode status : Tree.at(pod, "status", "initContainerStatuses")) {
            JsonNode state = status.path("state");
            boolean done = state.path("terminated").path("exitCode").asInt(-1) == 0;
            if (!done) {
                return "Init:" + reasonOf(state, "Running");
            }
        }
        for (JsonNode status : Tree.at(pod, "status", "containerStatuses")) {
            JsonNode state = status.path("state");
            if (state.has("waiting") || state.has("terminated")) {
                shown = reasonOf(state, shown);
            }
        }
        return shown;
    }

    private static String reasonOf(JsonNode state, String otherwise) {
        String waiting = state.path("waiting").path("reason").asText();
        String terminated = state.path("terminated").path("reason").asText();
        if (!waiting.isEmpty()) {
            return waiting;
        }
        return terminated.isEmpty() ? otherwise : terminated;
    }

    private static String podRestarts(JsonNode pod) {
        int restarts = 0;
        for (JsonNode status : Tree.at(pod, "status", "containerStatuses")) {
            restarts += status.path("restartCount").asInt();
        }
        return Integer.toString(restarts);
    }

    private static String replicasReady(JsonNode workload) {
        return Tree.at(workload, "status", "readyReplicas").asInt(0) + "/"
                + Tree.at(workload, "spec", "replicas").asInt(0);
    }

    private static String containers(JsonNode workload, String field) {
        StringJoiner joined = new StringJoiner(",");
        Tree.at(workload, "spec", "template", "spec", "containers")
                .forEach(c -> joined.add(c.path(field).asText()));
        return joined.toString();
    }

    private static String externalAddress(JsonNode service) {
        StringJoiner joined = new StringJoiner(",");
        Tree.at(service, "status", "loadBalancer", "ingress")
                .forEach(i -> joined.add(i.path("ip").asText(i.path("hostname").asText())));
        return joined.length() == 0 ? "<none>" : joined.toString();
    }

    private static String ports(JsonNode service) {
        List<String> ports = new ArrayList<>();
        Tree.at(service, "spec", "ports")
                .forEach(p -> ports.add(
                        p.path("port").asText() + "/" + p.path("protocol").asText()));
        return ports.isEmpty() ? "<none>" : String.join(",", ports);
    }

    private static String serviceSelector(JsonNode service) {
        StringJoiner joined = new StringJoiner(",");
        Tree.strings(Tree.at(service, "spec", "selector")).forEach((k, v) -> joined.add(k + "=" + v));
        return joined.length() == 0 ? "<none>" : joined.toString();
    }

    private static String accessModes(JsonNode modes) {
        StringJoiner joined = new StringJoiner(",");
        for (String mode : Tree.texts(modes)) {
            joined.add(
                    switch (mode) {
                        case "ReadWriteOnce" -> "RWO";
                        case "ReadWriteMany" -> "RWX";
                        case "ReadOnlyMany" -> "ROX";
                        case "ReadWriteOncePod" -> "RWOP";
                        default -> mode;
                    });
        }
        return joined.toString();
    }

    private static JsonNode lastSeen(JsonNode event) {
        for (String field : new String[] {"lastTimestamp", "eventTime", "firstTimestamp"}) {
            if (event.path(field).isTextual()) {
                return event.path(field);
            }
        }
        return Tree.at(event, "metadata", "creationTimestamp");
    }

    private static String involved(JsonNode event) {
        JsonNode object = event.path("involvedObject");
        return object.path("kind").asText().toLowerCase(java.util.Locale.ROOT) + "/"
                + object.path("name").asText();
    }
}
