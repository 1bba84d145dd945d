package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.ShardActor;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.report.EventLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** The running operator: both reconcilers and what they share. */
public final class OperatorRun implements AutoCloseable {

    private static final int THREADS = 8;

    private final Operator operator;
    private final ControlLinks links;
    private final ServerPoll poll;
    private final ObjectWriter writer;

    /** Wires the operator; {@link #start} starts it. */
    public OperatorRun(KubernetesClient client, OperatorSettings settings) {
        InstantSource clock = InstantSource.system();
        this.links = new ControlLinks();
        this.poll = new ServerPoll(links, System::nanoTime);
        this.writer = new ObjectWriter(client);
        EventLog events = new EventLog(client, clock);
        DatabaseViews views = new DatabaseViews();
        ShardActor actor = new ShardActor(client, links, poll);
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
        Rolling rolling = new Rolling(writer, actor, events, clock);
        operator.register(
                new ShardedDatabaseReconciler(client, settings, writer, poll, rolling, events, views, clock),
                controller -> tune(controller, settings));
        operator.register(
                new ShardReconciler(client, poll, actor, events, views, clock),
                controller -> tune(controller, settings));
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

    /** Writes to Kubernetes so far. */
    public long writes() {
        return writer.writes();
    }

    @Override
    public void close() {
        operator.stop();
        poll.close();
        links.close();
    }
}
