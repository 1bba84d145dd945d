package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps one ReplicaSet per revision of each Deployment's template and moves the pods from the old to the new. */
public final class Deployments implements ControlLoop.Reconciler {
    private static final String RESOURCE = "deployments.apps";
    private static final String HASH_LABEL = "pod-template-hash";
    private static final String REVISION = "deployment.kubernetes.io/revision";

    private final Objects objects;

    private Deployments(Objects objects) {
        this.objects = objects;
    }

    /** Starts the controller. */
    public static ControlLoop start(Objects objects) {
        Deployments deployments = new Deployments(objects.as("deployment-controller"));
        return ControlLoop.start("deployments", objects.store(), Deployments::concerns, deployments);
    }

    private static Set<ObjectKey> concerns(Event event) {
        return switch (event.key().resource()) {
            case RESOURCE -> Set.of(event.key());
            case ReplicaSets.RESOURCE -> Keys.controller(event, "Deployment", RESOURCE);
            default -> Set.of();
        };
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode deployment = objects.get(RESOURCE, key.namespace(), key.name());
        if (deployment == null || Meta.deleting(deployment)) {
            return null;
        }
        String hash = Pods.hash(Tree.at(deployment, "spec", "template"));
        List<ObjectNode> sets = objects.controlled(ReplicaSets.RESOURCE, key.namespace(), Meta.uid(deployment))
                .toList();
        ObjectNode current = sets.stream()
                .filter(s -> hash.equals(Meta.labels(s).get(HASH_LABEL)))
                .findFirst()
                .orElse(null);
        boolean paused = Tree.at(deployment, "spec", "paused").asBoolean();
        if (current == null && !paused) {
            createSet(deployment, sets, hash);
            return null;
        }
        List<ObjectNode> old = sets.stream()
                .filter(s -> current == null || !Meta.name(s).equals(Meta.name(current)))
                .toList();
        if (current != null && !paused) {
            move(deployment, current, old);
            forget(deployment, old);
        }
        report(deployment, current, sets);
        return null;
    }

    private void createSet(ObjectNode deployment, List<ObjectNode> sets, String hash) {
        long revision = 1 + sets.stream().mapToLong(Deployments::revision).max().orElse(0);
        ObjectNode set = Tree.object();
        set.put("apiVersion", "apps/v1");
        set.put("kind", "ReplicaSet");
        ObjectNode metadata = Meta.of(set);
        metadata.put("name", Meta.name(deployment) + "-" + hash);
        metadata.put("namespace", Meta.namespace(deployment));
        metadata.putObject("annotations").put(REVISION, Long.toString(revision));
        JsonNode spec = deployment.path("spec");
        ObjectNode setSpec = set.putObject("spec");
        setSpec.put("replicas", sets.isEmpty() ? spec.path("replicas").asInt(1) : 0);
        setSpec.set("selector", spec.path("selector").deepCopy());
        Tree.child(setSpec, "selector", "matchLabels").put(HASH_LABEL, hash);
        setSpec.set("template", spec.path("template").deepCopy());
        Tree.child(setSpec, "template", "metadata", "labels").put(HASH_LABEL, hash);
        if (spec.has("minReadySeconds")) {
            setSpec.set("minReadySeconds", spec.path("minReadySeconds"));
        }
        metadata.set(
                "labels", Tree.at(setSpec, "template", "metadata", "labels").deepCopy());
        Meta.own(set, deployment);
        objects.create(ReplicaSets.RESOURCE, set);
        objects.change(deployment, RESOURCE, object -> {
            Tree.child(object, "metadata", "annotations").put(REVISION, Long.toString(revision));
            return object;
        });
    }

    private static long revision(ObjectNode set) {
        String text = Meta.annotation(set, REVISION);
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private void move(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
        JsonNode spec = deployment.path("spec");
        int wanted = spec.path("replicas").asInt(1);
        int oldReplicas = old.stream().mapToInt(Deployments::replicas).sum();
        int oldRunning = old.stream()
                .mapToInt(s -> Tree.intOr(s, 0, "status", "replicas"))
                .sum();
        if (Tree.textOr(spec, "", "strategy", "type").equals("Recreate")) {
            old.forEach(s -> scale(deployment, s, 0));
            scale(deployment, current, oldRunning == 0 ? wanted : replicas(current));
            return;
        }
        int surge = share(Tree.at(spec, "strategy", "rollingUpdate", "maxSurge"), wanted, true);
        int unavailable = share(Tree.at(spec, "strategy", "rollingUpdate", "maxUnavailable"), wanted, false);
        if (surge == 0 && unavailable == 0) {
            unavailable = 1;
        }
        int target = Math.min(wanted, Math.max(0, wanted + surge - oldReplicas));
        boolean shrinking = replicas(current) > wanted;
        scale(deployment, current, shrinking ? wanted : Math.max(replicas(current), target));
        int available = Tree.intOr(current, 0, "status", "availableReplicas")
                + old.stream()
                        .mapToInt(s -> Tree.intOr(s, 0, "status", "availableReplicas"))
                        .sum();
        int spare = Math.max(0, available - (wanted - unavailable));
        for (ObjectNode set : old) {
            int unhealthy = Math.max(0, replicas(set) - Tree.intOr(set, 0, "status", "availableReplicas"));
            int less = Math.min(replicas(set), unhealthy + spare);
            spare -= Math.max(0, less - unhealthy);
            scale(deployment, set, replicas(set) - less);
        }
    }

    private static int replicas(ObjectNode set) {
        return Tree.intOr(set, 0, "spec", "replicas");
    }

    private static int share(JsonNode value, int whole, boolean up) {
        if (value.isTextual() && value.asText().endsWith("%")) {
            double exact = whole
                    * Integer.parseInt(
                            value.asText().substring(0, value.asText().length() - 1))
                    / 100.0;
            return (int) (up ? Math.ceil(exact) : Math.floor(exact));
        }
        return value.asInt(0);
    }

    private void scale(ObjectNode deployment, ObjectNode set, int replicas) {
        if (replicas(set) == replicas) {
            return;
        }
        objects.change(set, ReplicaSets.RESOURCE, object -> {
            Tree.child(object, "spec").put("replicas", replicas);
            return object;
        });
        objects.event(
                deployment,
                "Normal",
                "ScalingReplicaSet",
                "Scaled " + (replicas > replicas(set) ? "up" : "down") + " replica set " + Meta.name(set) + " from "
                        + replicas(set) + " to " + replicas);
    }

    private void forget(ObjectNode deployment, List<ObjectNode> old) {
        int kept = Tree.intOr(deployment, 10, "spec", "revisionHistoryLimit");
        List<ObjectNode> empty = old.stream()
                .filter(s -> replicas(s) == 0 && Tree.intOr(s, 0, "status", "replicas") == 0)
                .sorted(Comparator.comparingLong(Deployments::revision).reversed())
                .toList();
        empty.stream().skip(kept).forEach(s -> objects.delete(s, ReplicaSets.RESOURCE));
    }

    private void report(ObjectNode deployment, @Nullable ObjectNode current, List<ObjectNode> sets) {
        int wanted = Tree.intOr(deployment, 1, "spec", "replicas");
        int replicas = sum(sets, "replicas");
        int ready = sum(sets, "readyReplicas");
        int available = sum(sets, "availableReplicas");
        int updated = current == null ? 0 : Tree.intOr(current, 0, "status", "replicas");
        boolean complete = updated == wanted && replicas == wanted && available == wanted;
        String name = Meta.name(deployment);
        objects.changeStatus(deployment, RESOURCE, object -> {
            ObjectNode status = Tree.child(object, "status");
            status.put(
                    "observedGeneration",
                    Tree.at(deployment, "metadata", "generation").asLong());
            ReplicaSets.putUnlessZero(status, "replicas", replicas);
            ReplicaSets.putUnlessZero(status, "updatedReplicas", updated);
            ReplicaSets.putUnlessZero(status, "readyReplicas", ready);
            ReplicaSets.putUnlessZero(status, "availableReplicas", available);
            ReplicaSets.putUnlessZero(status, "unavailableReplicas", Math.max(0, wanted - available));
            boolean enough = available
                    >= wanted
                            - share(
                                    Tree.at(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable"),
                                    wanted,
                                    false);
            condition(
                    status,
                    "Available",
                    enough,
                    enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                    "Deployment " + (enough ? "has" : "does not have") + " minimum availability.");
            condition(
                    status,
                    "Progressing",
                    true,
                    complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                    "Deployment \"" + name + "\" " + (complete ? "has successfully progressed." : "is progressing."));
            return object;
        });
    }

    private static int sum(List<ObjectNode> sets, String field) {
        return sets.stream().mapToInt(s -> Tree.intOr(s, 0, "status", field)).sum();
    }

    private void condition(ObjectNode status, String type, boolean holds, String reason, String message) {
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode there ? there : status.putArray("conditions");
        ObjectNode condition = Tree.find(conditions, "type", type);
        if (condition == null) {
            condition = conditions.addObject();
            condition.put("type", type);
        }
        String value = holds ? "True" : "False";
        String time = Meta.time(objects.now());
        if (!value.equals(Tree.text(condition, "status"))) {
            condition.put("lastTransitionTime", time);
        }
        if (!reason.equals(Tree.text(condition, "reason")) || !message.equals(Tree.text(condition, "message"))) {
            condition.put("lastUpdateTime", time);
        }
        condition.put("status", value);
        condition.put("reason", reason);
        condition.put("message", message);
    }
}
