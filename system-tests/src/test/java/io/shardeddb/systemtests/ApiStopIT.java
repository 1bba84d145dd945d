package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.systemtests.clients.OnceClients;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The Kubernetes API server stops for a while and comes back, while clients write and read: no request fails, during or
 * after, no pod of the database is restarted or leaves service, and the operator, which lost its lease, goes on. 20 s
 * in every build, 60 s in the profile {@code fault-tests}.
 */
@ExtendWith(SharedCluster.class)
final class ApiStopIT {

    private static final int STOPPED_SECONDS = Integer.getInteger("api.stopped-seconds", 20);
    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final String OPERATOR = "shardeddb-operator";
    private static final String OPERATOR_NAMESPACE = "shardeddb-system";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long REQUESTS_AFTERWARDS = 1_000;

    private final RunningCluster running;

    ApiStopIT(RunningCluster shared) {
        this.running = shared;
    }

    @Test
    void noRequestFailsWhileTheApiIsAwayOrComesBack() throws IOException, InterruptedException {
        elect(true);
        try (OnceClients clients = new OnceClients(running.endpoint(DATABASE))) {
            running.awaitHealthy(DATABASE, 3);
            Map<String, String> before = processes();
            int operators = operatorRestarts();
            running.stopApi();
            long requests = clients.requests();
            try {
                Thread.sleep(Duration.ofSeconds(STOPPED_SECONDS));
                requests = clients.requests() - requests;
            } finally {
                running.startApi();
            }
            long back = System.nanoTime();
            int failedBefore = clients.failures().size();
            operatorActs();
            double acted = (System.nanoTime() - back) / 1e9;
            operators = operatorRestarts() - operators;
            long after = clients.requests();
            RunningCluster.await(
                    "requests afterwards",
                    PATIENCE,
                    () -> clients.requests() > after + REQUESTS_AFTERWARDS ? List.of() : List.of("more requests"));
            running.awaitHealthy(DATABASE, 3);
            clients.stop();
            System.out.printf(
                    "API server stopped for %d s: %d requests, %d failed; back: the operator, begun anew %d times, moved a leadership after %.1f s; %d requests in all, %d failed, %d refused connections%n",
                    STOPPED_SECONDS,
                    requests,
                    failedBefore,
                    operators,
                    acted,
                    clients.requests(),
                    clients.failures().size() - failedBefore,
                    clients.refused());
            assertThat(clients.failures()).isEmpty();
            assertThat(operators).as("how often the operator began anew").isLessThanOrEqualTo(1);
            assertThat(processes()).as("what pods say of themselves").isEqualTo(before);
        } finally {
            running.startApi();
            elect(false);
        }
    }

    /** Makes a follower of a shard its leader, as a person does; only an operator that works can. */
    private void operatorActs() {
        Shard shard = running.shards(DATABASE).getFirst();
        String name = shard.getSpec().name();
        String other = shard.getSpec().replicas().stream()
                .map(member -> member.server())
                .filter(server -> shard.getStatus() != null
                        && !server.equals(shard.getStatus().leader()))
                .findFirst()
                .orElseThrow();
        assertThat(running.sdb("promote", name, other, "--timeout", "120")).isEqualTo(ExitCode.OK);
        assertThat(running.sdb("promote", name, "--release")).isEqualTo(ExitCode.OK);
    }

    private int operatorRestarts() {
        return running.cluster().pods().stream()
                .filter(pod -> pod.getMetadata().getNamespace().equals(OPERATOR_NAMESPACE))
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    /** Of each pod of the database, how often its containers were restarted and since when it is ready. */
    private Map<String, String> processes() {
        Map<String, String> processes = new TreeMap<>();
        running.cluster().pods().stream()
                .filter(pod -> DATABASE.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .forEach(pod -> {
                    StringBuilder line = new StringBuilder();
                    pod.getStatus()
                            .getContainerStatuses()
                            .forEach(container -> line.append(container.getName())
                                    .append(" restarted ")
                                    .append(container.getRestartCount())
                                    .append(" times, "));
                    pod.getStatus().getConditions().stream()
                            .filter(condition -> condition.getType().equals("Ready"))
                            .forEach(condition -> line.append("Ready ")
                                    .append(condition.getStatus())
                                    .append(" since ")
                                    .append(condition.getLastTransitionTime()));
                    processes.put(pod.getMetadata().getName(), line.toString());
                });
        return processes;
    }

    /**
     * Lets the operator work only while it holds its lease, as an installed one does, or whenever it runs, as
     * {@code sdb up} has it.
     */
    private void elect(boolean on) throws InterruptedException {
        String path = KnownKinds.named("deployment").orElseThrow().path(OPERATOR_NAMESPACE, OPERATOR);
        ObjectNode template = (ObjectNode) running.cluster().api().get(path).at("/spec/template/spec");
        for (JsonNode container : template.path("containers")) {
            ArrayNode environment = ((ObjectNode) container).withArrayProperty("env");
            for (JsonNode variable : environment) {
                if (variable.path("name").asText().equals("LEADER_ELECTION")) {
                    ((ObjectNode) variable).put("value", Boolean.toString(on));
                }
            }
        }
        ObjectNode patch = template.objectNode();
        patch.putObject("spec").putObject("template").putObject("spec").set("containers", template.get("containers"));
        running.cluster().api().merge(path, patch);
        RunningCluster.await("one operator, ready", PATIENCE, () -> {
            JsonNode now = running.cluster().api().get(path);
            JsonNode status = now.path("status");
            boolean done = status.path("observedGeneration").asLong()
                            == now.at("/metadata/generation").asLong()
                    && status.path("replicas").asInt() == 1
                    && status.path("updatedReplicas").asInt() == 1
                    && status.path("readyReplicas").asInt() == 1;
            return done ? List.of() : List.of("a Deployment in step; it says " + status);
        });
    }
}
