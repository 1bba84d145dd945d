package io.shardeddb.operator.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.ControlLoop;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A node without processes: a pod of a server runs a fake server, any pod is ready at once, and volumes are as lasting
 * as their claims.
 */
final class FakeNode implements ControlLoop.Reconciler, AutoCloseable {

    private static final String PODS = "pods";
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Objects objects;
    private final FakeServers servers;
    private final Map<ObjectKey, String> addresses = new ConcurrentHashMap<>();
    private final Map<ObjectKey, String> started = new ConcurrentHashMap<>();
    private final Set<String> sick = ConcurrentHashMap.newKeySet();
    private final ControlLoop loop;

    FakeNode(Objects objects, FakeServers servers) {
        this.objects = objects;
        this.servers = servers;
        this.loop = ControlLoop.start(
                "fake-node",
                objects.store(),
                event -> event.key().resource().equals(PODS)
                                || event.key().resource().equals(CLAIMS)
                        ? Set.of(event.key())
                        : Set.of(),
                this);
    }

    /** Pods of a server run and are not ready, from their next start on. */
    void sick(String server, boolean is) {
        if (is) {
            sick.add(server);
        } else {
            sick.remove(server);
        }
    }

    @Override
    public @Nullable Duration reconcile(ObjectKey key) {
        if (key.resource().equals(CLAIMS)) {
            if (objects.get(CLAIMS, key.namespace(), key.name()) == null) {
                servers.lose(key.name());
            }
            return null;
        }
        ObjectNode pod = objects.get(PODS, key.namespace(), key.name());
        if (pod == null || Meta.deleting(pod) || !Meta.uid(pod).equals(started.getOrDefault(key, Meta.uid(pod)))) {
            started.remove(key);
            String address = addresses.remove(key);
            if (address != null) {
                servers.stop(address);
            }
        }
        if (pod == null) {
            return null;
        }
        if (Meta.deleting(pod)) {
            objects.delete(pod, PODS, Tree.object().put("gracePeriodSeconds", 0));
            return AGAIN;
        }
        if (started.putIfAbsent(key, Meta.uid(pod)) == null) {
            run(key, pod);
        }
        boolean ready = !sick.contains(server(pod)) && !broken(pod);
        boolean shown = "True".equals(Tree.text(readyCondition(pod), "status"));
        if (ready != shown || Tree.textOr(pod, "", "status", "podIP").isEmpty()) {
            objects.changeStatus(pod, PODS, object -> status(object, ready));
        }
        return ready ? null : AGAIN;
    }

    private static JsonNode readyCondition(JsonNode pod) {
        JsonNode found = Tree.find(Tree.at(pod, "status", "conditions"), "type", "Ready");
        return found == null ? Tree.object() : found;
    }

    private static String server(JsonNode pod) {
        String server = Meta.annotation(pod, "shardeddb.io/server-name");
        return server == null ? "" : server;
    }

    private static boolean broken(JsonNode pod) {
        for (JsonNode container : Tree.at(pod, "spec", "containers")) {
            if (container.path("image").asText().contains("broken")) {
                return true;
            }
        }
        return false;
    }

    private void run(ObjectKey key, ObjectNode pod) {
        if (broken(pod) || !"server".equals(Meta.labels(pod).get("app.kubernetes.io/component"))) {
            return;
        }
        String address = key.name() + "." + Tree.textOr(pod, "", "spec", "subdomain") + "." + key.namespace()
                + ".svc.cluster.local:7000";
        String claim = "";
        for (JsonNode volume : Tree.at(pod, "spec", "volumes")) {
            String name = Tree.text(volume, "persistentVolumeClaim", "claimName");
            claim = name == null ? claim : name;
        }
        addresses.put(key, address);
        servers.start(address, server(pod), claim);
    }

    private ObjectNode status(ObjectNode pod, boolean ready) {
        Tree.child(pod, "spec").put("nodeName", "node");
        ObjectNode status = Tree.child(pod, "status");
        boolean broken = broken(pod);
        status.put("phase", broken ? "Pending" : "Running");
        status.put("podIP", "127.0.0.1");
        ArrayNode conditions = status.putArray("conditions");
        conditions
                .addObject()
                .put("type", "Ready")
                .put("status", ready ? "True" : "False")
                .put("lastTransitionTime", Meta.time(objects.now()));
        ArrayNode containers = status.putArray("containerStatuses");
        for (JsonNode container : Tree.at(pod, "spec", "containers")) {
            ObjectNode shown = containers.addObject();
            shown.put("name", container.path("name").asText());
            shown.put("image", container.path("image").asText());
            shown.put("imageID", "");
            shown.put("restartCount", 0);
            shown.put("ready", ready);
            if (broken) {
                shown.putObject("state").putObject("waiting").put("reason", "ImagePullBackOff");
            } else {
                shown.putObject("state").putObject("running").put("startedAt", Meta.time(objects.now()));
            }
        }
        return pod;
    }

    @Override
    public void close() {
        loop.close();
    }
}
