package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.shardeddb.operator.act.ApiCalls;
import io.shardeddb.operator.act.LeaderLease;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.RouterCredentials;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running operator: both reconcilers and what they share. */
public final class OperatorRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorRun.class);
    /**
     * Reconciles at a time. Each waits for servers and for Kubernetes most of the time, so they may be more than
     * processors.
     */
    private static final int RECONCILES = 64;

    /** So long an operator that ends waits for its reconciles, which are interrupted. */
    private static final Duration RECONCILES_END = Duration.ofSeconds(5);

    /** So long it tries to give its lease back. */
    private static final Duration RELEASE = Duration.ofSeconds(3);

    private final Operator operator;
    private final Loops loops;
    private final ExecutorService reconciles =
            Executors.newFixedThreadPool(RECONCILES, Thread.ofVirtual().factory());
    private final OperatorSettings settings;
    private final LeaderLease lease;
    private final AtomicBoolean closing = new AtomicBoolean();

    /**
     * How several operators agree on the one that works.
     *
     * @param lease how long a leader that says nothing is still believed
     * @param renewal how long a leader tries to renew before it gives up
     * @param retry time between two renewals, and the least time between two checks of the lease by one that waits
     */
    record LeaseTimes(Duration lease, Duration renewal, Duration retry) {

        static final LeaseTimes USUAL =
                new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(1));

        /**
         * So long it takes at most until one that waits looks at the lease again: the framework adds up to 1.2 retries
         * by chance.
         */
        Duration longestLook() {
            return retry.multipliedBy(22).dividedBy(10);
        }
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
        this.settings = settings;
        this.lease = new LeaderLease(client, settings);
        this.loops = new Loops(
                client,
                settings,
                links,
                RouterCredentials.overHttp(Naming.HTTP_PORT),
                InstantSource.system(),
                System::nanoTime);
        LeaderElectionConfiguration election = election(settings, times, () -> {
            if (!closing.get()) {
                leadershipLost.run();
            }
        });
        this.operator = new Operator(configuration -> {
            configuration
                    .withKubernetesClient(client)
                    .withExecutorService(reconciles)
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
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LeaderLease.NAME)
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
     * What it does and holds, in Prometheus' text format.
     *
     * @param calls what its client asked of Kubernetes
     */
    public Supplier<String> figures(ApiCalls calls) {
        return new Figures(calls, loops.databaseTimes(), loops.shardTimes())::scrape;
    }

    /** Starts watching and reconciling. */
    public void start() {
        operator.start();
    }

    /**
     * Ends: no reconcile begins any more, those that go on are interrupted and waited for, and then, when nothing is
     * done any more, the lease is given back. Takes eight seconds at most; most of the time a fraction of one.
     */
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        operator.stop();
        loops.close();
        if (!settings.leaderElection()) {
            return;
        }
        try {
            if (!reconciles.awaitTermination(RECONCILES_END.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a reconcile does not end; the lease is kept until it runs out");
                return;
            }
            // The client repeats what is not answered for longer than an end may take.
            Thread release = Thread.ofVirtual().name("release-lease").start(lease::release);
            if (!release.join(RELEASE)) {
                release.interrupt();
                LOG.warn("Kubernetes does not answer; the lease runs out by itself");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
