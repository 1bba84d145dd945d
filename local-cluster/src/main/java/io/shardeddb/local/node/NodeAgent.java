package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.store.Event;
import io.shardeddb.local.store.ObjectKey;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.ControlLoop;
import io.shardeddb.local.workload.Volumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the pods of the one node that this machine is. */
public final class NodeAgent implements AutoCloseable {
    /** The node's name. */
    public static final String NODE = "local";

    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final Duration MOUNT_AGAIN = Duration.ofSeconds(1);
    private static final Duration SUCCESSOR_WAIT = Duration.ofMillis(100);

    private final Objects objects;
    private final NodePaths paths;
    private final Launches launches;
    private final Supplier<String> freeAddress;
    private final Map<ObjectKey, PodRunner> runners = new ConcurrentHashMap<>();
    private @Nullable ControlLoop podLoop;
    private @Nullable ControlLoop hostsLoop;
    private @Nullable ControlLoop mountsLoop;

    private NodeAgent(Objects objects, NodePaths paths, Map<String, Launcher> images, Supplier<String> freeAddress) {
        this.objects = objects;
        this.paths = paths;
        this.launches = new Launches(images, objects, paths);
        this.freeAddress = freeAddress;
    }

    /** Starts the agent; it takes over the processes that an earlier one left. */
    public static NodeAgent start(
            Objects objects, NodePaths paths, Map<String, Launcher> images, Supplier<String> freeAddress)
            throws IOException {
        NodeAgent agent = new NodeAgent(objects.as("kubelet"), paths, images, freeAddress);
        Files.createDirectories(paths.pods());
        Files.createDirectories(paths.tools());
        Files.writeString(paths.javaSecurity(), "networkaddress.cache.ttl=1\nnetworkaddress.cache.negative.ttl=0\n");
        agent.endLeftovers();
        agent.registerNode();
        agent.hostsLoop = HostsFile.start(agent.objects, paths.hosts());
        agent.mountsLoop =
                ControlLoop.start("mounts", agent.objects.store(), NodeAgent::mayBeMounted, agent::refreshMounts);
        agent.podLoop = ControlLoop.start("node-agent", objects.store(), NodeAgent::concerns, agent::reconcile);
        return agent;
    }

    private static Set<ObjectKey> concerns(Event event) {
        return event.key().resource().equals("pods") ? Set.of(event.key()) : Set.of();
    }

    private static Set<ObjectKey> mayBeMounted(Event event) {
        String resource = event.key().resource();
        return resource.equals("secrets") || resource.equals("configmaps") ? Set.of(event.key()) : Set.of();
    }

    /** Pods that run get what has changed in the secrets and config maps that they mount. */
    private @Nullable Duration refreshMounts(ObjectKey changed) {
        for (ObjectKey key : runners.keySet()) {
            ObjectNode pod = key.namespace().equals(changed.namespace())
                    ? objects.store().get(key)
                    : null;
            if (pod == null) {
                continue;
            }
            try {
                Mounts.refresh(pod, changed, objects, paths);
            } catch (IOException e) {
                LOG.warn("{} of pod {} cannot be brought up to date, and is tried again", changed, key, e);
                return MOUNT_AGAIN;
            } catch (Mounts.NotReady e) {
                // What was mounted stays, as on a real node.
                LOG.debug("pod {}: {}", key, e.getMessage());
            }
        }
        return null;
    }

    private @Nullable Duration reconcile(ObjectKey key) {
        ObjectNode pod = objects.store().get(key);
        PodRunner runner = runners.get(key);
        if (runner != null && (pod == null || runner.uid().equals(Meta.uid(pod)))) {
            runner.changed();
            if (runner.finished()) {
                runners.remove(key, runner);
            }
            return pod == null && !runner.finished() ? SUCCESSOR_WAIT : null;
        }
        if (runner != null && !runner.finished()) {
            runner.changed();
            return SUCCESSOR_WAIT;
        }
        String phase = pod == null ? "" : Tree.textOr(pod, "", "status", "phase");
        if (pod == null || ((phase.equals("Succeeded") || phase.equals("Failed")) && !Meta.deleting(pod))) {
            return null;
        }
        PodFiles files = new PodFiles(paths.pod(key.namespace(), key.name()));
        PodRunner fresh = new PodRunner(pod, objects, launches, files, freeAddress);
        runners.put(key, fresh);
        fresh.start();
        return null;
    }

    /** Ends processes of pods that are gone, which an earlier agent could not end any more. */
    private void endLeftovers() throws IOException {
        Set<Path> known = new HashSet<>();
        for (ObjectNode pod : objects.list("pods", "")) {
            PodFiles files = new PodFiles(paths.pod(Meta.namespace(pod), Meta.name(pod)));
            if (Files.exists(files.directory()) && belongsTo(files, pod)) {
                known.add(files.directory());
            }
        }
        try (var directories = Files.newDirectoryStream(paths.pods())) {
            for (Path directory : directories) {
                if (known.contains(directory)) {
                    continue;
                }
                for (PodFiles.Recorded recorded :
                        new PodFiles(directory).recorded(null).values()) {
                    ContainerProcess process = ContainerProcess.adopt(recorded.identity(), recorded.startedAt());
                    if (process != null) {
                        LOG.info(
                                "Ending process {} of a pod that is gone",
                                recorded.identity().pid());
                        Termination.end(process, Duration.ofSeconds(5));
                    }
                }
                Volumes.remove(directory);
            }
        }
    }

    private static boolean belongsTo(PodFiles files, ObjectNode pod) throws IOException {
        return files.recorded(null).isEmpty() || !files.recorded(Meta.uid(pod)).isEmpty();
    }

    private void registerNode() {
        if (objects.get("nodes", "", NODE) != null) {
            return;
        }
        ObjectNode node = Tree.object();
        Meta.of(node).put("name", NODE);
        ObjectNode labels = Tree.child(node, "metadata", "labels");
        labels.put("kubernetes.io/hostname", NODE);
        labels.put("kubernetes.io/os", "linux");
        labels.put("kubernetes.io/arch", "amd64");
        objects.create("nodes", node)
                .ifPresent(created -> objects.changeStatus(created, "nodes", object -> {
                    ObjectNode status = Tree.child(object, "status");
                    ObjectNode condition = status.putArray("conditions").addObject();
                    condition.put("type", "Ready");
                    condition.put("status", "True");
                    condition.put("reason", "KubeletReady");
                    condition.put("message", "this machine runs pods as processes");
                    condition.put("lastTransitionTime", Meta.time(objects.now()));
                    ObjectNode address = status.putArray("addresses").addObject();
                    address.put("type", "InternalIP");
                    address.put("address", "127.0.0.1");
                    status.putObject("nodeInfo").put("kubeletVersion", "v1.32.0+shardeddb-local");
                    return object;
                }));
    }

    /** Where logs are read. */
    public LogReader logs() {
        return new LogReader(objects, paths);
    }

    /** Ends all processes and keeps the pods. */
    public void stopPods() throws InterruptedException {
        runners.values().forEach(PodRunner::stop);
        long end = System.nanoTime() + LONGEST_STOP.toNanos();
        for (PodRunner runner : runners.values()) {
            runner.await(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
    }

    /** Stops the agent; processes that were not stopped before stay and are taken over by the next agent. */
    @Override
    public void close() {
        for (ControlLoop loop : new @Nullable ControlLoop[] {podLoop, hostsLoop, mountsLoop}) {
            if (loop != null) {
                loop.close();
            }
        }
        runners.values().forEach(PodRunner::leave);
        try {
            for (PodRunner runner : runners.values()) {
                runner.await(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
