package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Instant;
import java.util.List;

/** The status of a pod from the states of its containers, as a kubelet writes it. */
final class PodStatus {
    private PodStatus() {}

    /**
     * The next status.
     *
     * @param pod the pod as it is stored
     */
    static ObjectNode of(
            JsonNode pod,
            List<ContainerState> inits,
            List<ContainerState> containers,
            boolean initialized,
            Instant now) {
        ObjectNode status = pod.path("status") instanceof ObjectNode before ? before.deepCopy() : Tree.object();
        String phase = phase(pod, inits, containers);
        status.put("phase", phase);
        status.put("hostIP", "127.0.0.1");
        if (!inits.isEmpty()) {
            ArrayNode list = status.putArray("initContainerStatuses");
            inits.forEach(c -> list.add(c.status()));
        }
        ArrayNode list = status.putArray("containerStatuses");
        containers.forEach(c -> list.add(c.status()));
        boolean finished = phase.equals("Succeeded") || phase.equals("Failed");
        boolean ready = !finished && initialized && containers.stream().allMatch(c -> c.ready);
        String unready = String.join(
                " ", containers.stream().filter(c -> !c.ready).map(c -> c.name).toList());
        String reason = phase.equals("Succeeded") ? "PodCompleted" : "ContainersNotReady";
        String message = "containers with unready status: [" + unready + "]";
        ArrayNode conditions = Tree.array();
        JsonNode before = Tree.at(pod, "status", "conditions");
        conditions.add(condition(before, "PodReadyToStartContainers", true, "", "", now));
        conditions.add(condition(
                before,
                "Initialized",
                initialized,
                initialized ? "" : "ContainersNotInitialized",
                initialized ? "" : "containers with incomplete status",
                now));
        conditions.add(condition(before, "Ready", ready, ready ? "" : reason, ready ? "" : message, now));
        conditions.add(condition(before, "ContainersReady", ready, ready ? "" : reason, ready ? "" : message, now));
        conditions.add(condition(before, "PodScheduled", true, "", "", now));
        status.set("conditions", conditions);
        return status;
    }

    private static String phase(JsonNode pod, List<ContainerState> inits, List<ContainerState> containers) {
        String policy = Tree.textOr(pod, "Always", "spec", "restartPolicy");
        boolean initFailed = policy.equals("Never")
                && inits.stream().anyMatch(c -> !c.sidecar() && c.terminated != null && !c.succeeded());
        if (initFailed) {
            return "Failed";
        }
        boolean allEnded = containers.stream().allMatch(c -> c.terminated != null && !c.running());
        if (allEnded && !policy.equals("Always")) {
            boolean allSucceeded = containers.stream().allMatch(ContainerState::succeeded);
            if (allSucceeded) {
                return "Succeeded";
            }
            if (policy.equals("Never")) {
                return "Failed";
            }
        }
        return containers.stream().allMatch(c -> c.everStarted) ? "Running" : "Pending";
    }

    private static ObjectNode condition(
            JsonNode before, String type, boolean holds, String reason, String message, Instant now) {
        ObjectNode condition = Tree.object();
        String value = holds ? "True" : "False";
        condition.put("type", type);
        condition.put("status", value);
        JsonNode old = Tree.find(before, "type", type);
        condition.put(
                "lastTransitionTime",
                old != null && value.equals(Tree.text(old, "status"))
                        ? Tree.textOr(old, Meta.time(now), "lastTransitionTime")
                        : Meta.time(now));
        if (!reason.isEmpty()) {
            condition.put("reason", reason);
            condition.put("message", message);
        }
        return condition;
    }
}
