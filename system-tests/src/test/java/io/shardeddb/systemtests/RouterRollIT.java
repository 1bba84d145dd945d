package io.shardeddb.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.KnownKinds;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.systemtests.clients.OnceClients;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Routers come, are all replaced by others as {@code kubectl rollout restart} does, and go, while clients write and
 * read: no request fails. One roll in every build, several in the profile {@code fault-tests}.
 */
@ExtendWith(SharedCluster.class)
final class RouterRollIT {

    private static final int ROLLS = Integer.getInteger("routers.rolls", 1);
    private static final String DATABASE = LoadedDatabase.STUDENTS;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunningCluster running;

    RouterRollIT(RunningCluster shared) {
        this.running = shared;
    }

    @Test
    void aRollOfTwoRoutersFailsNoRequest() throws IOException, InterruptedException {
        try (OnceClients clients = new OnceClients(running.endpoint(DATABASE))) {
            scale(2);
            awaitRouters(2, Set.of());
            for (int i = 0; i < ROLLS; i++) {
                Set<String> before = routers();
                long start = System.nanoTime();
                long requests = clients.requests();
                restart();
                awaitRouters(2, before);
                System.out.printf(
                        "roll of two routers: %.1f s, %d requests, %d refused connections, %d failed%n",
                        (System.nanoTime() - start) / 1e9,
                        clients.requests() - requests,
                        clients.refused(),
                        clients.failures().size());
            }
            scale(1);
            awaitRouters(1, Set.of());
            clients.stop();
            assertThat(clients.failures()).isEmpty();
        } finally {
            // As it was found.
            scale(1);
        }
    }

    private void scale(int routers) throws IOException {
        running.cluster()
                .api()
                .merge(
                        KnownKinds.DATABASE.path(running.cluster().namespace(), DATABASE),
                        JSON.readTree("{\"spec\":{\"router\":{\"replicas\":%d}}}".formatted(routers)));
    }

    /** What {@code kubectl rollout restart} sends. */
    private void restart() throws IOException {
        String annotation = "{\"kubectl.kubernetes.io/restartedAt\":\"%s\"}".formatted(Instant.now());
        running.cluster()
                .api()
                .merge(
                        KnownKinds.named("deployment")
                                .orElseThrow()
                                .path(running.cluster().namespace(), DATABASE + "-router"),
                        JSON.readTree(
                                "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":%s}}}}".formatted(annotation)));
    }

    private Set<String> routers() {
        return running.routers(DATABASE).stream()
                .map(pod -> pod.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    /** Waits until so many routers are there and ready, the others are gone, and the status says so. */
    private void awaitRouters(int count, Set<String> replaced) throws InterruptedException {
        RunningCluster.await(count + " routers, none of " + replaced, PATIENCE, () -> {
            List<String> missing = new ArrayList<>();
            List<Pod> pods = running.routers(DATABASE);
            if (pods.size() != count) {
                missing.add(count + " pods; there are " + routers());
            }
            for (Pod pod : pods) {
                if (replaced.contains(pod.getMetadata().getName())) {
                    missing.add("the end of " + pod.getMetadata().getName());
                } else if (!RunningCluster.isReady(pod)) {
                    missing.add(pod.getMetadata().getName() + " ready");
                }
            }
            ShardedDatabase database = running.cluster().database(DATABASE);
            if (database.getStatus().routerReplicas() != count) {
                missing.add("a status with " + count + " routers ready; it says "
                        + database.getStatus().routerReplicas());
            }
            return missing;
        });
    }
}
