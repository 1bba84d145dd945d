package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.api.Objects;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import io.shardeddb.local.workload.Volumes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pod on a thread of its own: takes its processes over or starts them, restarts what ends, follows its probes,
 * reports its status and ends it.
 */
final class PodRunner {
    private static final Logger LOG = LoggerFactory.getLogger(PodRunner.class);
    private static final Duration MISSING_RETRY = Duration.ofMillis(300);
    private static final Duration IMAGE_RETRY = Duration.ofSeconds(10);
    private static final Duration UPKEEP = Duration.ofSeconds(30);

    private final String namespace;
    private final String name;
    private final String uid;
    private final Objects objects;
    private final Launches launches;
    private final PodFiles files;
    private final Supplier<String> freeAddress;
    private final BlockingQueue<Runnable> signals = new LinkedBlockingQueue<>();
    private final List<ContainerState> inits = new ArrayList<>();
    private final List<ContainerState> containers = new ArrayList<>();
    private final Thread thread;
    private String address = "";
    private volatile boolean finished;
    private volatile boolean stopAsked;
    private volatile boolean leaveAsked;
    private boolean closing;

    PodRunner(ObjectNode pod, Objects objects, Launches launches, PodFiles files, Supplier<String> freeAddress) {
        this.namespace = Meta.namespace(pod);
        this.name = Meta.name(pod);
        this.uid = Meta.uid(pod);
        this.objects = objects;
        this.launches = launches;
        this.files = files;
        this.freeAddress = freeAddress;
        Tree.at(pod, "spec", "initContainers").forEach(c -> inits.add(new ContainerState(c, true)));
        Tree.at(pod, "spec", "containers").forEach(c -> containers.add(new ContainerState(c, false)));
        this.thread = Thread.ofVirtual().name("pod-" + name).unstarted(this::run);
    }

    String uid() {
        return uid;
    }

    boolean finished() {
        return finished;
    }

    void start() {
        thread.start();
    }

    /** Tells that the pod has changed. */
    void changed() {
        signals.add(() -> {});
    }

    /** Ends the processes and keeps the pod, as when a node goes down. */
    void stop() {
        stopAsked = true;
        changed();
    }

    /** Leaves the processes to the next agent. */
    void leave() {
        leaveAsked = true;
        changed();
    }

    void await(Duration atMost) throws InterruptedException {
        thread.join(atMost);
    }

    private void run() {
        try {
            boolean begun = false;
            while (!leaveAsked) {
                ObjectNode pod = objects.get("pods", namespace, name);
                if (pod == null || !Meta.uid(pod).equals(uid)) {
                    all().forEach(this::endAtOnce);
                    awaitEnds(Duration.ofSeconds(5));
                    removeFiles();
                    return;
                }
                if (!begun) {
                    pod = begin(pod);
                    begun = true;
                }
                if (stopAsked || Meta.deleting(pod)) {
                    end(pod);
                    return;
                }
                refreshSpecs(pod);
                startDue(pod);
                report(pod);
                awaitSignal();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            LOG.error("Pod {}/{} cannot be run on", namespace, name, e);
        } finally {
            all().forEach(this::stopProbes);
            finished = true;
        }
    }

    private Stream<ContainerState> all() {
        return Stream.concat(inits.stream(), containers.stream());
    }

    private ObjectNode begin(ObjectNode pod) throws IOException {
        files.create();
        all().forEach(c -> c.restore(statusOf(pod, c)));
        Map<String, PodFiles.Recorded> recorded = files.recorded(uid);
        all().forEach(c -> takeOver(pod, c, recorded.get(c.name)));
        address = Tree.textOr(pod, "", "status", "podIP");
        if (address.isEmpty()) {
            address = freeAddress.get();
            objects.change(pod, "pods", object -> {
                Tree.child(object, "spec").put("nodeName", NodeAgent.NODE);
                return object;
            });
            objects.changeStatus(pod, "pods", object -> {
                ObjectNode status = Tree.child(object, "status");
                status.put("podIP", address);
                status.putArray("podIPs").addObject().put("ip", address);
                status.put("startTime", Meta.time(objects.now()));
                return object;
            });
        }
        ObjectNode now = objects.get("pods", namespace, name);
        return now == null ? pod : now;
    }

    private static JsonNode statusOf(JsonNode pod, ContainerState container) {
        JsonNode statuses = Tree.at(pod, "status", container.init ? "initContainerStatuses" : "containerStatuses");
        JsonNode status = Tree.find(statuses, "name", container.name);
        return status == null ? Tree.object() : status;
    }

    private void takeOver(ObjectNode pod, ContainerState container, PodFiles.@Nullable Recorded recorded) {
        if (recorded == null) {
            return;
        }
        JsonNode status = statusOf(pod, container);
        container.restarts = Math.max(container.restarts, recorded.restarts());
        container.everStarted = true;
        ContainerProcess process = ContainerProcess.adopt(recorded.identity(), recorded.startedAt());
        if (process == null) {
            if (container.init && container.terminated != null) {
                return;
            }
            container.restarts++;
            container.ended(137, recorded.startedAt(), objects.now(), "ContainerStatusUnknown");
            container.lastTerminated = container.terminated;
            if (!container.init) {
                container.terminated = null;
            }
            return;
        }
        LOG.info(
                "Took over {}/{} {} as process {}",
                namespace,
                name,
                container.name,
                recorded.identity().pid());
        container.process = process;
        container.started = status.path("started").asBoolean();
        container.ready = status.path("ready").asBoolean();
        watch(container, process);
        address = Tree.textOr(pod, "", "status", "podIP");
        startProbes(container);
    }

    private void refreshSpecs(ObjectNode pod) {
        for (ContainerState container : containers) {
            JsonNode spec = Tree.find(Tree.at(pod, "spec", "containers"), "name", container.name);
            container.spec = spec == null ? container.spec : spec;
        }
    }

    private void awaitSignal() throws InterruptedException, IOException {
        long now = System.nanoTime();
        long wait = all().filter(c -> !c.running() && c.terminated == null)
                .mapToLong(c -> c.startAtNanos - now)
                .min()
                .orElse(UPKEEP.toNanos());
        Runnable signal = signals.poll(Math.clamp(wait, 0, UPKEEP.toNanos()), TimeUnit.NANOSECONDS);
        if (signal == null) {
            for (ContainerState container : containers) {
                files.rotate(container.name);
            }
        }
        for (; signal != null; signal = signals.poll()) {
            signal.run();
        }
    }

    private boolean initialized() {
        return inits.stream().allMatch(c -> c.sidecar() ? c.started : c.succeeded());
    }

    private void startDue(ObjectNode pod) {
        for (ContainerState init : inits) {
            boolean done = init.sidecar() ? init.started : init.succeeded();
            if (!init.running() && !(done && !init.sidecar())) {
                startIfDue(pod, init);
            }
            if (!done) {
                return;
            }
        }
        containers.forEach(c -> startIfDue(pod, c));
    }

    private void startIfDue(ObjectNode pod, ContainerState container) {
        if (container.running() || container.terminated != null || container.startAtNanos - System.nanoTime() > 0) {
            return;
        }
        try {
            ContainerProcess.Plan plan = launches.plan(pod, container.spec);
            ContainerProcess process = ContainerProcess.start(plan, files.beginLog(container.name), objects.now());
            container.process = process;
            container.everStarted = true;
            container.waits("", "");
            record();
            watch(container, process);
            objects.event(pod, "Normal", "Started", "Started container " + container.name);
            startProbes(container);
        } catch (Mounts.NotReady e) {
            delayed(pod, container, "CreateContainerConfigError", e.getMessage(), MISSING_RETRY);
        } catch (Launches.NoImage e) {
            delayed(pod, container, "ErrImagePull", e.getMessage(), IMAGE_RETRY);
        } catch (Launches.BadConfig | IOException e) {
            LOG.warn("Container {} of {}/{} cannot be started: {}", container.name, namespace, name, e.getMessage());
            Duration delay = container.delay.next(Duration.ZERO).plus(MISSING_RETRY);
            delayed(pod, container, "RunContainerError", e.getMessage(), delay);
        }
    }

    private void delayed(
            ObjectNode pod, ContainerState container, String reason, @Nullable String message, Duration retry) {
        container.startAtNanos = System.nanoTime() + retry.toNanos();
        if (container.waits(reason, String.valueOf(message))) {
            objects.event(pod, "Warning", reason.equals("ErrImagePull") ? "Failed" : reason, String.valueOf(message));
        }
    }

    private void watch(ContainerState container, ContainerProcess process) {
        var _ = process.exit().thenAccept(code -> signals.add(() -> ended(container, process, code)));
    }

    private void ended(ContainerState container, ContainerProcess process, int code) {
        if (container.process != process) {
            return;
        }
        stopProbes(container);
        container.ended(code, process.startedAt(), objects.now(), code == 0 ? "Completed" : "Error");
        ObjectNode pod = objects.get("pods", namespace, name);
        if (closing || pod == null || !restarts(pod, container, code)) {
            return;
        }
        Duration ran = Duration.between(process.startedAt(), objects.now());
        Duration delay = container.delay.next(ran);
        LOG.info(
                "{}/{} {} ended with {} after {} ms; next start in {} ms",
                namespace,
                name,
                container.name,
                code,
                ran.toMillis(),
                delay.toMillis());
        container.lastTerminated = container.terminated;
        container.terminated = null;
        container.restarts++;
        container.startAtNanos = System.nanoTime() + delay.toNanos();
        if (delay.isZero()) {
            container.waits("ContainerCreating", "");
        } else {
            String text = "back-off " + delay.toSeconds() + "s restarting failed container=" + container.name + " pod="
                    + name + "_" + namespace;
            container.waits("CrashLoopBackOff", text);
            objects.event(pod, "Warning", "BackOff", text);
        }
    }

    private static boolean restarts(JsonNode pod, ContainerState container, int code) {
        String policy = Tree.textOr(pod, "Always", "spec", "restartPolicy");
        if (container.init && !container.sidecar()) {
            return code != 0 && !policy.equals("Never");
        }
        return container.sidecar() || policy.equals("Always") || (policy.equals("OnFailure") && code != 0);
    }

    private void startProbes(ContainerState container) {
        JsonNode startup = container.spec.path("startupProbe");
        if (startup.isObject() && !container.started) {
            probe(container, "Startup", true, success -> {
                if (success) {
                    container.started = true;
                    startLaterProbes(container);
                } else {
                    restart(container, "Startup");
                }
            });
        } else {
            container.started = true;
            startLaterProbes(container);
        }
    }

    private void startLaterProbes(ContainerState container) {
        if (container.spec.path("readinessProbe").isObject()) {
            probe(container, "Readiness", false, success -> container.ready = success);
        } else {
            container.ready = true;
        }
        if (container.spec.path("livenessProbe").isObject()) {
            probe(container, "Liveness", false, success -> {
                if (!success) {
                    restart(container, "Liveness");
                }
            });
        }
    }

    /** Follows a probe; each failed attempt is an Event, as with a kubelet. */
    private void probe(ContainerState container, String kind, boolean once, Consumer<Boolean> verdict) {
        ContainerProcess process = container.process;
        JsonNode spec = container.spec.path(kind.toLowerCase(Locale.ROOT) + "Probe");
        ProbeLoop.Probe probe = Probes.of(spec, address, container.spec, command -> exec(container, command));
        container.probes.add(ProbeLoop.start(spec, probe, once, new ProbeLoop.Listener() {
            @Override
            public void failed(String message) {
                whileRunning(() -> event("Warning", "Unhealthy", kind + " probe failed: " + message));
            }

            @Override
            public void verdict(boolean success) {
                whileRunning(() -> verdict.accept(success));
            }

            private void whileRunning(Runnable news) {
                signals.add(() -> {
                    if (container.process == process) {
                        news.run();
                    }
                });
            }
        }));
    }

    private Process exec(ContainerState container, JsonNode command) throws IOException {
        ObjectNode pod = objects.get("pods", namespace, name);
        if (pod == null) {
            throw new IOException("the pod is gone");
        }
        return launches.exec(pod, container.spec, Tree.texts(command));
    }

    private void restart(ContainerState container, String kind) {
        event(
                "Normal",
                "Killing",
                "Container " + container.name + " failed " + kind.toLowerCase(Locale.ROOT)
                        + " probe, will be restarted");
        stopProbes(container);
        container.ready = false;
        ContainerProcess process = container.process;
        ObjectNode pod = objects.get("pods", namespace, name);
        if (process != null && pod != null) {
            Duration grace = Termination.grace(pod, container.spec, kind);
            Thread.ofVirtual().name("kill").start(() -> Termination.end(process, grace));
        }
    }

    private void event(String type, String reason, String message) {
        ObjectNode pod = objects.get("pods", namespace, name);
        if (pod != null) {
            objects.event(pod, type, reason, message);
        }
    }

    private void stopProbes(ContainerState container) {
        container.probes.forEach(ProbeLoop::stop);
        container.probes.clear();
    }

    private void endAtOnce(ContainerState container) {
        stopProbes(container);
        ContainerProcess process = container.process;
        if (process != null) {
            process.kill();
        }
    }

    /** Ends all processes within the grace period; then the pod is deleted, or kept when only the agent stops. */
    private void end(ObjectNode pod) throws InterruptedException, IOException {
        closing = true;
        all().forEach(this::stopProbes);
        Duration grace = Duration.ofSeconds(Tree.at(pod, "metadata", "deletionGracePeriodSeconds")
                .asLong(Tree.at(pod, "spec", "terminationGracePeriodSeconds").asLong(30)));
        List<Thread> enders = new ArrayList<>();
        all().forEach(container -> {
            ContainerProcess process = container.process;
            if (process != null) {
                container.ready = false;
                enders.add(Thread.ofVirtual().name("end").start(() -> {
                    Termination.preStop(container.spec, address, command -> exec(container, command), grace);
                    Termination.end(process, grace);
                }));
            }
        });
        report(pod);
        for (Thread ender : enders) {
            while (ender.isAlive()) {
                Runnable signal = signals.poll(100, TimeUnit.MILLISECONDS);
                ObjectNode now = objects.get("pods", namespace, name);
                boolean force = now == null
                        || Tree.at(now, "metadata", "deletionGracePeriodSeconds")
                                        .asLong(-1)
                                == 0;
                if (force) {
                    all().forEach(this::endAtOnce);
                }
                if (signal != null) {
                    signal.run();
                }
            }
        }
        awaitEnds(Duration.ofSeconds(2));
        if (Meta.deleting(pod)) {
            ObjectNode options = Tree.object();
            options.put("gracePeriodSeconds", 0);
            objects.delete(pod, "pods", options);
            removeFiles();
        } else {
            containers.forEach(c -> {
                c.terminated = null;
                c.waits("NodeStopped", "the local cluster is stopped");
            });
            report(pod);
            files.record(uid, Map.of());
        }
    }

    private void awaitEnds(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (all().anyMatch(ContainerState::running) && System.nanoTime() < end) {
            Runnable signal = signals.poll(50, TimeUnit.MILLISECONDS);
            if (signal != null) {
                signal.run();
            }
        }
    }

    private void removeFiles() {
        if (!objectsHaveSuccessor()) {
            Volumes.remove(files.directory());
        }
    }

    /** Whether a pod of the same name exists already, whose files these are. */
    private boolean objectsHaveSuccessor() {
        ObjectNode now = objects.get("pods", namespace, name);
        return now != null && !Meta.uid(now).equals(uid);
    }

    private void report(ObjectNode pod) {
        objects.changeStatus(pod, "pods", object -> {
            object.set("status", PodStatus.of(object, inits, containers, initialized(), objects.now()));
            return object;
        });
    }

    private void record() throws IOException {
        Map<String, PodFiles.Recorded> processes = new LinkedHashMap<>();
        all().forEach(c -> {
            ContainerProcess process = c.process;
            if (process != null) {
                processes.put(c.name, new PodFiles.Recorded(process.identity(), process.startedAt(), c.restarts));
            }
        });
        files.record(uid, processes);
    }
}
