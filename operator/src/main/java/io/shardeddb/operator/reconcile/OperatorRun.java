package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.shardeddb.operator.act.ApiCalls;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.health.Metric;
import io.shardeddb.operator.observe.ControlLinks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running operator: both reconcilers and what they share. */
public final class OperatorRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorRun.class);
    /** Looks at a time. Each waits for servers and for Kubernetes most of the time, so they may be more than processors. */
    private static final int LOOKS = 64;

    private static final String DATABASE = "{loop=\"database\"}";
    private static final String SHARD = "{loop=\"shard\"}";

    private final Operator operator;
    private final Loops loops;
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * How several operators agree on the one that works.
     *
     * @param lease how long a leader that says nothing is still believed
     * @param renewal how long a leader tries to renew before it gives up
     * @param retry time between two tries
     */
    record LeaseTimes(Duration lease, Duration renewal, Duration retry) {

        static final LeaseTimes USUAL =
                new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    /**
     * Wires the operator; {@link #start} starts it.
     *
     * @param leadershipLost told when another operator may have taken over while this one was not being closed
     */
    public OperatorRun(KubernetesClient client, OperatorSettings settings, Runnable leadershipLost) {
        this(client, settings, new ControlLinks(), LeaseTimes.USUAL, leadershipLost);
    }

    /** The same with links of its own, which it closes. */
    OperatorRun(
            KubernetesClient client,
            OperatorSettings settings,
            ControlLinks links,
            LeaseTimes times,
            Runnable leadershipLost) {
        this.loops = new Loops(client, settings, links, InstantSource.system(), System::nanoTime);
        LeaderElectionConfiguration election = election(settings, times, () -> {
            if (!closing.get()) {
                leadershipLost.run();
            }
        });
        this.operator = new Operator(configuration -> {
            configuration
                    .withKubernetesClient(client)
                    .withExecutorService(Executors.newFixedThreadPool(
                            LOOKS, Thread.ofVirtual().factory()))
                    .withResourceCloner(new ResourceCopies(client.getKubernetesSerialization()))
                    .withCloseClientOnStop(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .checkingCRDAndValidateLocalModel(false);
            if (settings.leaderElection()) {
                configuration.withLeaderElectionConfiguration(election);
            }
        });
        operator.register(
                new ShardedDatabaseReconciler(loops.database(), loops.databaseTimes()),
                controller -> tune(controller, settings));
        operator.register(
                new ShardReconciler(loops.shard(), loops.shardTimes(), loops.wake()),
                controller -> tune(controller, settings));
    }

    private static LeaderElectionConfiguration election(
            OperatorSettings settings, LeaseTimes times, Runnable stoppedLeading) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("shardeddb-operator")
                .withLeaseNamespace(settings.namespace())
                .withIdentity(settings.identity())
                .withLeaseDuration(times.lease())
                .withRenewDeadline(times.renewal())
                .withRetryPeriod(times.retry())
                // The framework would end the process also when it is being closed, and wait for itself for ever.
                .withExitOnStopLeading(false)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> LOG.info("{} leads", settings.identity()),
                        stoppedLeading,
                        leader -> LOG.info("leader: {}", leader)))
                .build();
    }

    private static void tune(ControllerConfigurationOverrider<?> controller, OperatorSettings settings) {
        // Retries never end, and never wait longer than this; the framework's default gives up.
        controller.withRetry(new GenericRetry()
                .withoutMaxAttempts()
                .setInitialInterval(Duration.ofMillis(500))
                .setIntervalMultiplier(1.5)
                .setMaxInterval(Duration.ofSeconds(10).toMillis()));
        controller.withReconciliationMaxInterval(Duration.ofMinutes(1));
        if (settings.namespaces().isEmpty()) {
            controller.watchingAllNamespaces();
        } else {
            controller.settingNamespaces(Set.copyOf(settings.namespaces()));
        }
    }

    /**
     * What it does and holds, in figures.
     *
     * @param calls what its client asked of Kubernetes
     */
    public List<Metric> metrics(ApiCalls calls) {
        Runtime runtime = Runtime.getRuntime();
        String kubernetes = "Requests to Kubernetes, those of the lease not counted.";
        String looks = "Looks at a database or a shard.";
        String seconds = "Time that looks took, waiting for servers and for Kubernetes included.";
        return List.of(
                new Metric("shardeddb_operator_kubernetes_writes_total", kubernetes, "", calls.writes()),
                new Metric("shardeddb_operator_kubernetes_reads_total", kubernetes, "", calls.reads()),
                new Metric(
                        "shardeddb_operator_looks_total",
                        looks,
                        DATABASE,
                        loops.databaseTimes().count()),
                new Metric(
                        "shardeddb_operator_looks_total",
                        looks,
                        SHARD,
                        loops.shardTimes().count()),
                new Metric(
                        "shardeddb_operator_look_seconds_total",
                        seconds,
                        DATABASE,
                        loops.databaseTimes().seconds()),
                new Metric(
                        "shardeddb_operator_look_seconds_total",
                        seconds,
                        SHARD,
                        loops.shardTimes().seconds()),
                new Metric(
                        "shardeddb_operator_heap_used_bytes",
                        "Heap in use.",
                        "",
                        (double) runtime.totalMemory() - runtime.freeMemory()));
    }

    /** Starts watching and reconciling. */
    public void start() {
        operator.start();
    }

    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        operator.stop();
        loops.close();
    }
}
