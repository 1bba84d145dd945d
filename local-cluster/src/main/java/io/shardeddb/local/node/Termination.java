package io.shardeddb.local.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.local.tree.Tree;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ending a process: its hook, a request to end, and after the grace period the end. */
final class Termination {
    private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

    private Termination() {}

    /** The grace period after a failed probe. */
    static Duration grace(JsonNode pod, JsonNode container, String kind) {
        String probe = kind.toLowerCase(java.util.Locale.ROOT) + "Probe";
        return Duration.ofSeconds(Tree.at(container, probe, "terminationGracePeriodSeconds")
                .asLong(Tree.at(pod, "spec", "terminationGracePeriodSeconds").asLong(30)));
    }

    /** Runs the hook that precedes the end, within the grace period. */
    static void preStop(JsonNode container, String address, Probes.Exec exec, Duration grace) {
        JsonNode hook = Tree.at(container, "lifecycle", "preStop");
        if (!hook.isObject() || grace.isZero()) {
            return;
        }
        try {
            String problem = "";
            if (hook.has("httpGet")) {
                problem = Probes.http(hook.path("httpGet"), address, container, grace);
            } else if (hook.has("exec")) {
                problem = Probes.command(Tree.at(hook, "exec", "command"), exec, grace);
            } else if (hook.has("sleep")) {
                Thread.sleep(Duration.ofSeconds(Math.min(Tree.intOr(hook, 0, "sleep", "seconds"), grace.toSeconds())));
            }
            if (!problem.isEmpty()) {
                LOG.warn("The preStop hook of {} failed: {}", container.path("name"), problem);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends a process, by force after the grace period. */
    static void end(ContainerProcess process, Duration grace) {
        if (grace.isZero()) {
            process.kill();
        } else {
            process.terminate();
        }
        try {
            process.exit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.kill();
        } catch (ExecutionException e) {
            LOG.warn("The end of process {} cannot be seen", process.identity().pid(), e);
        } catch (InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
        }
    }
}
