package io.shardeddb.systemtests.fuzz;

import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.api.ApiRefused;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.crds.ApiNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The routers of a database as they come and go, each asked directly, so that none hides behind another. */
public final class Routers implements AutoCloseable {

    private static final long PERIOD_MILLIS = 200;
    private static final int PORT = 5000;

    private final Cluster cluster;
    private final String database;
    private final Map<String, RouterClient> clients = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile List<Router> there = List.of();

    /** One router. */
    public record Router(String pod, RouterClient client) {}

    public Routers(Cluster cluster, String database) {
        this.cluster = cluster;
        this.database = database;
        look();
        Thread.ofPlatform().name("fuzz-routers").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!stop.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            List<Router> now = new ArrayList<>();
            for (Pod pod : pods()) {
                if (pod.getStatus() != null && pod.getStatus().getPodIP() != null) {
                    String address = "http://" + pod.getStatus().getPodIP() + ":" + PORT;
                    now.add(new Router(
                            pod.getMetadata().getName(), clients.computeIfAbsent(address, RouterClient::new)));
                }
            }
            there = now;
        } catch (CommandFailure | ApiRefused e) {
            // The API is busy: the routers are looked for again at once.
            return;
        }
    }

    /** Pods of routers, those that end too. */
    List<Pod> pods() {
        return cluster.pods().stream()
                .filter(pod -> database.equals(pod.getMetadata().getLabels().get(ApiNames.DATABASE_LABEL)))
                .filter(pod -> pod.getMetadata().getName().startsWith(database + "-router-"))
                .toList();
    }

    /** Pods of routers that are ready and not about to end. */
    static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                condition.getType().equals("Ready") && "True".equals(condition.getStatus()));
    }

    /** Routers that have an address, ready or not. */
    public List<Router> there() {
        return there;
    }

    @Override
    public void close() {
        stop.countDown();
        clients.values().forEach(RouterClient::close);
    }
}
