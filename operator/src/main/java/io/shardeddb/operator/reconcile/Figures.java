package io.shardeddb.operator.reconcile;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.shardeddb.operator.act.ApiCalls;
import org.jspecify.annotations.Nullable;

/**
 * The operator's figures for Prometheus. The registry is made when they are asked for first: it takes half a second of
 * a processor, and most operators are never asked.
 */
final class Figures {

    private final ApiCalls calls;
    private final ReconcileTimes databases;
    private final ReconcileTimes shards;
    private @Nullable PrometheusMeterRegistry registry;

    Figures(ApiCalls calls, ReconcileTimes databases, ReconcileTimes shards) {
        this.calls = calls;
        this.databases = databases;
        this.shards = shards;
    }

    /** The figures as they are now, in Prometheus' text format. */
    synchronized String scrape() {
        PrometheusMeterRegistry made = registry;
        if (made == null) {
            made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            register(made);
            registry = made;
        }
        return made.scrape();
    }

    private void register(MeterRegistry meters) {
        String kubernetes = "Requests to Kubernetes, those of the lease not counted.";
        FunctionCounter.builder("shardeddb.operator.kubernetes.writes", calls, ApiCalls::writes)
                .description(kubernetes)
                .register(meters);
        FunctionCounter.builder("shardeddb.operator.kubernetes.reads", calls, ApiCalls::reads)
                .description(kubernetes)
                .register(meters);
        register(meters, "database", databases);
        register(meters, "shard", shards);
        Gauge.builder(
                        "shardeddb.operator.heap.used",
                        Runtime.getRuntime(),
                        runtime -> runtime.totalMemory() - runtime.freeMemory())
                .baseUnit("bytes")
                .description("Heap in use.")
                .register(meters);
    }

    private static void register(MeterRegistry registry, String loop, ReconcileTimes times) {
        FunctionCounter.builder("shardeddb.operator.looks", times, ReconcileTimes::count)
                .tag("loop", loop)
                .description("Reconciles of a database or a shard.")
                .register(registry);
        FunctionCounter.builder("shardeddb.operator.look.seconds", times, ReconcileTimes::seconds)
                .tag("loop", loop)
                .description("Time that reconciles took, waiting for servers and for Kubernetes included.")
                .register(registry);
    }
}
