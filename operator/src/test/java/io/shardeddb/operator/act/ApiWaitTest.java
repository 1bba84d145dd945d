package io.shardeddb.operator.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.operator.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator that starts while Kubernetes does not answer. */
final class ApiWaitTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ASKED = 2;

    @Test
    void waitsUntilTheApiAnswers(@TempDir Path folder) throws IOException {
        ApiCalls calls = new ApiCalls();
        try (World world = new World(folder);
                KubernetesClient client =
                        World.operatorOf(Integer.parseInt(world.ports().getFirst()), calls)) {
            world.apiAway(true);
            CompletableFuture<Boolean> answered = begin(client, new CountDownLatch(1));
            await("asks").atMost(LIMIT).until(() -> calls.reads() >= ASKED);
            assertThat(answered).isNotDone();
            world.apiAway(false);
            assertThat(answered).succeedsWithin(LIMIT).isEqualTo(true);
        }
    }

    @Test
    void endsWhenTheOperatorIsStopped(@TempDir Path folder) throws IOException {
        ApiCalls calls = new ApiCalls();
        try (World world = new World(folder);
                KubernetesClient client =
                        World.operatorOf(Integer.parseInt(world.ports().getFirst()), calls)) {
            world.apiAway(true);
            CountDownLatch stopped = new CountDownLatch(1);
            CompletableFuture<Boolean> answered = begin(client, stopped);
            await("asks").atMost(LIMIT).until(() -> calls.reads() >= ASKED);
            stopped.countDown();
            assertThat(answered).succeedsWithin(LIMIT).isEqualTo(false);
        }
    }

    private static CompletableFuture<Boolean> begin(KubernetesClient client, CountDownLatch stopped) {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                answered.complete(ApiWait.await(client, stopped));
            } catch (InterruptedException | RuntimeException e) {
                answered.completeExceptionally(e);
            }
        });
        return answered;
    }
}
