package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the agent knows of one container; touched by the pod's own thread only. */
final class ContainerState {
    final String name;
    final boolean init;
    final RestartDelay delay = new RestartDelay();
    final List<ProbeLoop> probes = new ArrayList<>();
    JsonNode spec;

    @Nullable
    ContainerProcess process;

    int restarts;
    boolean everStarted;
    boolean started;
    boolean ready;
    String waitingReason;
    String waitingMessage = "";
    long startAtNanos = System.nanoTime();

    @Nullable
    ObjectNode terminated;

    @Nullable
    ObjectNode lastTerminated;

    private String lastProblem = "";

    ContainerState(JsonNode spec, boolean init) {
        this.name = spec.path("name").asText();
        this.spec = spec;
        this.init = init;
        this.waitingReason = init ? "PodInitializing" : "ContainerCreating";
    }

    boolean running() {
        return process != null;
    }

    /** Whether an init container that stays while the others run. */
    boolean sidecar() {
        return init && spec.path("restartPolicy").asText().equals("Always");
    }

    boolean succeeded() {
        ObjectNode end = terminated;
        return end != null && end.path("exitCode").asInt(-1) == 0;
    }

    /** Notes why the container waits; true when that is news. */
    boolean waits(String reason, String message) {
        waitingReason = reason;
        waitingMessage = message;
        boolean news = !lastProblem.equals(reason + message);
        lastProblem = reason + message;
        return news;
    }

    /** Notes the end of its process. */
    void ended(int exitCode, Instant startedAt, Instant now, String reason) {
        ObjectNode end = Tree.object();
        end.put("exitCode", exitCode);
        if (exitCode > 128 && exitCode < 160) {
            end.put("signal", exitCode - 128);
        }
        end.put("reason", reason);
        end.put("startedAt", Meta.time(startedAt));
        end.put("finishedAt", Meta.time(now));
        ContainerProcess ended = process;
        if (ended != null) {
            end.put("containerID", "process://" + ended.identity().pid());
        }
        terminated = end;
        process = null;
        ready = false;
        started = false;
    }

    /** Restores what an earlier agent had written. */
    void restore(JsonNode status) {
        restarts = status.path("restartCount").asInt(0);
        JsonNode last = status.path("lastState").path("terminated");
        if (last instanceof ObjectNode end) {
            lastTerminated = end.deepCopy();
        }
        if (init && status.path("state").path("terminated") instanceof ObjectNode end) {
            terminated = end.deepCopy();
        }
    }

    /** The entry in the pod's status. */
    ObjectNode status() {
        ObjectNode status = Tree.object();
        status.put("name", name);
        status.put("image", spec.path("image").asText());
        status.put("imageID", spec.path("image").asText());
        status.put("restartCount", restarts);
        status.put("ready", init ? succeeded() || (sidecar() && ready) : ready);
        status.put("started", started);
        ObjectNode state = status.putObject("state");
        ContainerProcess running = process;
        if (running != null) {
            state.putObject("running").put("startedAt", Meta.time(running.startedAt()));
            status.put("containerID", "process://" + running.identity().pid());
        } else if (terminated != null) {
            state.set("terminated", terminated);
        } else {
            ObjectNode waiting = state.putObject("waiting");
            waiting.put("reason", waitingReason);
            if (!waitingMessage.isEmpty()) {
                waiting.put("message", waitingMessage);
            }
        }
        ObjectNode lastState = status.putObject("lastState");
        if (lastTerminated != null) {
            lastState.set("terminated", lastTerminated);
        }
        return status;
    }
}
