package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps as many pods as each ReplicaSet wants. */
public final class ReplicaSets implements ControlLoop.Reconciler {
    static final String RESOURCE = "replicasets.apps";

    private final Objects objects;

    private ReplicaSets(Objects objects) {
        this.objects = objects;
    }

    /** Starts the controller. */
    public static ControlLoop start(Objects objects) {
        ReplicaSets sets = new ReplicaSets(objects.as("replicaset-controller"));
        return ControlLoop.start("replicasets", objects.store(), ReplicaSets::concerns, sets);
    }

    private static Set<ObjectKey> concerns(Event event) {
        return switch (event.key().resource()) {
            case RESOURCE -> Set.of(event.key());
            case Pods.RESOURCE -> Keys.controller(event, "ReplicaSet", RESOURCE);
            default -> Set.of();
        };
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode set = objects.get(RESOURCE, key.namespace(), key.name());
        if (set == null || Meta.deleting(set)) {
            return null;
        }
        List<ObjectNode> living = new ArrayList<>(objects.controlled(Pods.RESOURCE, key.namespace(), Meta.uid(set))
                .filter(p -> !Meta.deleting(p) && !Pods.finished(p))
                .toList());
        int wanted = Tree.intOr(set, 1, "spec", "replicas");
        for (int i = living.size(); i < wanted; i++) {
            create(set);
        }
        if (living.size() > wanted) {
            living.sort(Comparator.comparing(Pods::ready)
                    .thenComparing(
                            p -> Tree.textOr(p, "", "metadata", "creationTimestamp"), Comparator.reverseOrder()));
            living.subList(0, living.size() - wanted).forEach(p -> {
                objects.delete(p, Pods.RESOURCE);
                objects.event(set, "Normal", "SuccessfulDelete", "Deleted pod: " + Meta.name(p));
            });
        }
        return report(set);
    }

    private void create(ObjectNode set) {
        ObjectNode pod = Pods.ofTemplate(set, Tree.at(set, "spec", "template"));
        Meta.of(pod).put("generateName", Meta.name(set) + "-");
        objects.create(Pods.RESOURCE, pod)
                .ifPresent(p -> objects.event(set, "Normal", "SuccessfulCreate", "Created pod: " + Meta.name(p)));
    }

    private @Nullable Duration report(ObjectNode set) {
        int minReady = Tree.intOr(set, 0, "spec", "minReadySeconds");
        JsonNode labels = Tree.at(set, "spec", "template", "metadata", "labels");
        List<ObjectNode> pods = objects.controlled(Pods.RESOURCE, Meta.namespace(set), Meta.uid(set))
                .filter(p -> !Meta.deleting(p) && !Pods.finished(p))
                .toList();
        long ready = pods.stream().filter(Pods::ready).count();
        long available = pods.stream()
                .filter(p -> Pods.available(p, minReady, objects.now()))
                .count();
        long labelled = pods.stream()
                .filter(p -> Meta.labels(p)
                        .entrySet()
                        .containsAll(Tree.strings(labels).entrySet()))
                .count();
        objects.changeStatus(set, RESOURCE, object -> {
            ObjectNode status = Tree.child(object, "status");
            status.put(
                    "observedGeneration", Tree.at(set, "metadata", "generation").asLong());
            status.put("replicas", pods.size());
            putUnlessZero(status, "fullyLabeledReplicas", labelled);
            putUnlessZero(status, "readyReplicas", ready);
            putUnlessZero(status, "availableReplicas", available);
            return object;
        });
        return available < ready ? Duration.ofSeconds(1) : null;
    }

    static void putUnlessZero(ObjectNode status, String field, long value) {
        if (value == 0) {
            status.remove(field);
        } else {
            status.put(field, value);
        }
    }
}
