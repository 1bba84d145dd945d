package io.shardeddb.server.group.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.server.runtime.Machine;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LatenessTest {

    @Test
    void countsEveryMomentOfAPause() throws InterruptedException {
        Lateness lateness = new Lateness();
        try (ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor()) {
            CountDownLatch over = new CountDownLatch(1);
            lateness.start(Machine.serial(thread), System::nanoTime);
            Awaitility.await().until(() -> lateness.summary().count() >= 2);
            thread.execute(() -> {
                try {
                    assertThat(over.await(1, TimeUnit.SECONDS)).isFalse();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            long before = lateness.summary().count();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> lateness.summary().count() >= before + 9);
            assertThat(TimeUnit.NANOSECONDS.toMillis(lateness.summary().high()))
                    .as("the first moment of a second's pause")
                    .isBetween(800L, 5_000L);
            lateness.stop();
        }
    }
}
