package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.observe.ControlLinks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** The running operator: both reconcilers and what they share. */
public final class OperatorRun implements AutoCloseable {

    private static final int THREADS = 8;

    private final Operator operator;
    private final Loops loops;

    /** Wires the operator; {@link #start} starts it. */
    public OperatorRun(KubernetesClient client, OperatorSettings settings) {
        this(client, settings, new ControlLinks());
    }

    /** The same with links of its own, which it closes. */
    OperatorRun(KubernetesClient client, OperatorSettings settings, ControlLinks links) {
        this.loops = new Loops(client, settings, links, InstantSource.system(), System::nanoTime);
        this.operator = new Operator(configuration -> {
            configuration
                    .withKubernetesClient(client)
                    .withConcurrentReconciliationThreads(THREADS)
                    .withCloseClientOnStop(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .checkingCRDAndValidateLocalModel(false);
            if (settings.leaderElection()) {
                configuration.withLeaderElectionConfiguration(new LeaderElectionConfiguration(
                        "shardeddb-operator", settings.namespace(), settings.identity()));
            }
        });
        operator.register(new ShardedDatabaseReconciler(loops.database()), controller -> tune(controller, settings));
        operator.register(new ShardReconciler(loops.shard()), controller -> tune(controller, settings));
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

    /** Starts watching and reconciling. */
    public void start() {
        operator.start();
    }

    @Override
    public void close() {
        operator.stop();
        loops.close();
    }
}
