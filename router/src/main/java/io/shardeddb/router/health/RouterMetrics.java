package io.shardeddb.router.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.shardeddb.router.forward.Forwarder;
import io.shardeddb.router.forward.Writes;
import io.shardeddb.router.topology.LatestTopology;

/** What the router itself can tell, read when it is asked for. Requests by route, outcome and duration are the framework's metrics. */
@Context
final class RouterMetrics {

    RouterMetrics(MeterRegistry registry, Writes writes, Forwarder forwarder, LatestTopology topology) {
        Gauge.builder("shardeddb.router.writes.inflight", writes, Writes::inFlight)
                .description("Writes under way")
                .register(registry);
        FunctionCounter.builder("shardeddb.router.retries", forwarder, Forwarder::retries)
                .description("Attempts at servers after a request's first")
                .register(registry);
        Gauge.builder(
                        "shardeddb.router.topology.age",
                        topology,
                        map -> map.age().toMillis() / 1e3)
                .baseUnit("seconds")
                .description("Since the map of shards was last known to be the present one")
                .register(registry);
        Gauge.builder(
                        "shardeddb.router.shards",
                        topology,
                        map -> map.current().shards().size())
                .description("Shards on the map")
                .register(registry);
    }
}
