package io.shardeddb.local.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps the pods and claims of StatefulSets: stable names and volumes, in order or in parallel. */
public final class StatefulSets implements ControlLoop.Reconciler {
    private static final String RESOURCE = "statefulsets.apps";
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final String REVISION_LABEL = "controller-revision-hash";
    private static final String POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
    private static final String INDEX_LABEL = "apps.kubernetes.io/pod-index";

    private final Objects objects;

    private StatefulSets(Objects objects) {
        this.objects = objects;
    }

    /** Starts the controller. */
    public static ControlLoop start(Objects objects) {
        StatefulSets sets = new StatefulSets(objects.as("statefulset-controller"));
        return ControlLoop.start("statefulsets", objects.store(), StatefulSets::concerns, sets);
    }

    private static Set<ObjectKey> concerns(Event event) {
        return switch (event.key().resource()) {
            case RESOURCE -> Set.of(event.key());
            case Pods.RESOURCE -> Keys.controller(event, "StatefulSet", RESOURCE);
            default -> Set.of();
        };
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode set = objects.get(RESOURCE, key.namespace(), key.name());
        if (set == null || Meta.deleting(set)) {
            return null;
        }
        JsonNode spec = set.path("spec");
        String updateRevision = key.name() + "-" + Pods.hash(spec.path("template"));
        NavigableMap<Integer, ObjectNode> pods = podsByOrdinal(set);
        int start = Tree.intOr(spec, 0, "ordinals", "start");
        int end = start + spec.path("replicas").asInt(1);
        boolean parallel = spec.path("podManagementPolicy").asText().equals("Parallel");
        adjust(set, pods, start, end, parallel, updateRevision);
        if (Tree.textOr(spec, "", "updateStrategy", "type").equals("RollingUpdate")) {
            roll(set, pods, start, end, updateRevision);
        }
        return report(set, updateRevision);
    }

    private NavigableMap<Integer, ObjectNode> podsByOrdinal(ObjectNode set) {
        TreeMap<Integer, ObjectNode> pods = new TreeMap<>();
        String prefix = Meta.name(set) + "-";
        objects.controlled(Pods.RESOURCE, Meta.namespace(set), Meta.uid(set)).forEach(pod -> {
            String suffix = Meta.name(pod).startsWith(prefix) ? Meta.name(pod).substring(prefix.length()) : "";
            if (suffix.matches("\\d{1,9}")) {
                pods.put(Integer.parseInt(suffix), pod);
            }
        });
        return pods;
    }

    private void adjust(
            ObjectNode set,
            NavigableMap<Integer, ObjectNode> pods,
            int start,
            int end,
            boolean parallel,
            String updateRevision) {
        for (int ordinal = start; ordinal < end; ordinal++) {
            ObjectNode pod = pods.get(ordinal);
            if (pod != null && Pods.finished(pod) && !Meta.deleting(pod)) {
                objects.delete(pod, Pods.RESOURCE);
            } else if (pod == null) {
                create(set, ordinal, updateRevision);
            }
            if (!parallel && (pod == null || Meta.deleting(pod) || !Pods.ready(pod))) {
                return;
            }
        }
        for (int ordinal : pods.descendingKeySet()) {
            ObjectNode pod = pods.get(ordinal);
            if (pod != null && (ordinal >= end || ordinal < start)) {
                if (!Meta.deleting(pod)) {
                    objects.delete(pod, Pods.RESOURCE);
                }
                if (!parallel) {
                    return;
                }
            }
        }
    }

    private void create(ObjectNode set, int ordinal, String updateRevision) {
        String name = Meta.name(set) + "-" + ordinal;
        JsonNode spec = set.path("spec");
        ObjectNode pod = Pods.ofTemplate(set, spec.path("template"));
        ObjectNode metadata = Meta.of(pod);
        metadata.put("name", name);
        ObjectNode labels = Tree.child(metadata, "labels");
        labels.put(REVISION_LABEL, updateRevision);
        labels.put(POD_NAME_LABEL, name);
        labels.put(INDEX_LABEL, Integer.toString(ordinal));
        ObjectNode podSpec = Tree.child(pod, "spec");
        podSpec.put("hostname", name);
        podSpec.put("subdomain", spec.path("serviceName").asText());
        for (JsonNode template : spec.path("volumeClaimTemplates")) {
            String volume = Meta.name(template);
            String claim = volume + "-" + name;
            if (!claim(set, template, claim)) {
                return;
            }
            var volumes = podSpec.withArray("volumes");
            for (int i = volumes.size() - 1; i >= 0; i--) {
                if (volumes.get(i).path("name").asText().equals(volume)) {
                    volumes.remove(i);
                }
            }
            ObjectNode entry = volumes.addObject();
            entry.put("name", volume);
            entry.putObject("persistentVolumeClaim").put("claimName", claim);
        }
        objects.create(Pods.RESOURCE, pod)
                .ifPresent(p -> objects.event(
                        set,
                        "Normal",
                        "SuccessfulCreate",
                        "create Pod " + name + " in StatefulSet " + Meta.name(set) + " successful"));
    }

    /** Makes the claim when missing; false while an old one of this name is still going. */
    private boolean claim(ObjectNode set, JsonNode template, String name) {
        ObjectNode existing = objects.get(CLAIMS, Meta.namespace(set), name);
        if (existing != null) {
            return !Meta.deleting(existing);
        }
        ObjectNode claim = Tree.object();
        claim.put("apiVersion", "v1");
        claim.put("kind", "PersistentVolumeClaim");
        ObjectNode metadata = Meta.of(claim);
        metadata.put("name", name);
        metadata.put("namespace", Meta.namespace(set));
        ObjectNode labels = metadata.putObject("labels");
        Tree.strings(Tree.at(set, "spec", "selector", "matchLabels")).forEach(labels::put);
        Meta.labels(template).forEach(labels::put);
        JsonNode annotations = Tree.at(template, "metadata", "annotations");
        if (annotations.isObject()) {
            metadata.set("annotations", annotations.deepCopy());
        }
        claim.set("spec", template.path("spec").deepCopy());
        if (Tree.textOr(set, "", "spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")
                .equals("Delete")) {
            Meta.own(claim, set);
        }
        return objects.create(CLAIMS, claim).isPresent();
    }

    /** Replaces one pod of an old revision, the highest first, once all others are ready. */
    private void roll(
            ObjectNode set, NavigableMap<Integer, ObjectNode> pods, int start, int end, String updateRevision) {
        int partition = Tree.intOr(set, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
        for (int ordinal = end - 1; ordinal >= Math.max(start, partition); ordinal--) {
            ObjectNode pod = pods.get(ordinal);
            if (pod == null || Meta.deleting(pod)) {
                return;
            }
            if (!updateRevision.equals(Meta.labels(pod).get(REVISION_LABEL))) {
                objects.delete(pod, Pods.RESOURCE);
                return;
            }
            if (!Pods.ready(pod)) {
                return;
            }
        }
    }

    private @Nullable Duration report(ObjectNode set, String updateRevision) {
        List<ObjectNode> pods = objects.controlled(Pods.RESOURCE, Meta.namespace(set), Meta.uid(set))
                .filter(p -> !Meta.deleting(p))
                .toList();
        int minReady = Tree.intOr(set, 0, "spec", "minReadySeconds");
        long ready = pods.stream().filter(Pods::ready).count();
        long available = pods.stream()
                .filter(p -> Pods.available(p, minReady, objects.now()))
                .count();
        long updated = pods.stream()
                .filter(p -> updateRevision.equals(Meta.labels(p).get(REVISION_LABEL)))
                .count();
        Set<String> others = new HashSet<>();
        pods.forEach(p -> others.add(Meta.labels(p).getOrDefault(REVISION_LABEL, "")));
        others.remove(updateRevision);
        objects.changeStatus(set, RESOURCE, object -> {
            ObjectNode status = Tree.child(object, "status");
            status.put(
                    "observedGeneration", Tree.at(set, "metadata", "generation").asLong());
            status.put("replicas", pods.size());
            status.put("readyReplicas", ready);
            status.put("availableReplicas", available);
            status.put("currentReplicas", pods.size() - updated + (others.isEmpty() ? updated : 0));
            status.put("updatedReplicas", updated);
            status.put("updateRevision", updateRevision);
            status.put(
                    "currentRevision",
                    others.isEmpty() ? updateRevision : Tree.textOr(status, updateRevision, "currentRevision"));
            status.put("collisionCount", 0);
            return object;
        });
        return available < ready ? Duration.ofSeconds(1) : null;
    }
}
