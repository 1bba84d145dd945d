package io.shardeddb.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.operator.act.ApiCalls;
import io.shardeddb.operator.act.ApiWait;
import io.shardeddb.operator.act.OperatorClient;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.health.HealthServer;
import io.shardeddb.operator.reconcile.OperatorRun;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The operator process. */
public final class Main {

    /** Exit code of an operator that may no longer be the one that works: it begins again as one that waits. */
    private static final int LEADERSHIP_LOST = 75;

    private Main() {}

    /** Runs until it is told to stop. */
    public static void main(String[] args) throws IOException, InterruptedException {
        OperatorSettings settings = OperatorSettings.of(System.getenv());
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean ready = new AtomicBoolean();
        ApiCalls calls = new ApiCalls();
        try (KubernetesClient client = OperatorClient.builder(calls).build();
                OperatorRun run = new OperatorRun(client, settings, () -> System.exit(LEADERSHIP_LOST))) {
            InetSocketAddress address = new InetSocketAddress(settings.address(), OperatorSettings.HEALTH_PORT);
            HealthServer health = new HealthServer(address, ready::get, run.figures(calls));
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                try {
                    main.join(Duration.ofSeconds(10));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            if (ApiWait.await(client, stopped)) {
                run.start();
                ready.set(true);
                stopped.await();
                ready.set(false);
            }
            health.close();
        }
    }
}
