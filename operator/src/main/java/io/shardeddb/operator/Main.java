package io.shardeddb.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.shardeddb.operator.act.WriteCount;
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

    /** Exit code of an operator that may no longer be the one that works: it begins anew as one that waits. */
    private static final int LEADERSHIP_LOST = 75;

    private Main() {}

    /** Runs until it is told to stop. */
    public static void main(String[] args) throws IOException, InterruptedException {
        OperatorSettings settings = OperatorSettings.of(System.getenv());
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicBoolean ready = new AtomicBoolean();
        WriteCount writes = new WriteCount();
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor(WriteCount.NAME, writes))
                        .build();
                OperatorRun run = new OperatorRun(client, settings, () -> System.exit(LEADERSHIP_LOST))) {
            InetSocketAddress address = new InetSocketAddress(settings.address(), OperatorSettings.HEALTH_PORT);
            HealthServer health = new HealthServer(address, ready::get, writes::writes);
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                try {
                    main.join(Duration.ofSeconds(10));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            run.start();
            ready.set(true);
            stopped.await();
            ready.set(false);
            health.close();
        }
    }
}
