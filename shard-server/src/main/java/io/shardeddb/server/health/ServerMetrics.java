package io.shardeddb.server.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.shardeddb.consensus.Role;
import io.shardeddb.server.ShardServer;
import io.shardeddb.server.group.runtime.GroupRuntime;

/** Metrics that are read from the runtime when they are asked for: they cost nothing in between. */
@Context
final class ServerMetrics {

    ServerMetrics(MeterRegistry registry, ShardServer server) {
        GroupRuntime runtime = server.runtime();
        Gauge.builder("shardeddb.replicas", runtime, r -> r.views().size())
                .description("Replicas on this server")
                .register(registry);
        Gauge.builder(
                        "shardeddb.leaderships",
                        runtime,
                        r -> r.views().values().stream()
                                .filter(view -> view.role() == Role.LEADER)
                                .count())
                .description("Groups that this server leads")
                .register(registry);
        Gauge.builder("shardeddb.log.used", runtime, r -> r.space().usedBytes())
                .baseUnit("bytes")
                .description("Bytes of all log segments")
                .register(registry);
        Gauge.builder("shardeddb.log.capacity", runtime, r -> r.space().capacityBytes())
                .baseUnit("bytes")
                .description("Budget of the log")
                .register(registry);
        FunctionCounter.builder("shardeddb.log.forces", runtime, GroupRuntime::forces)
                .description("Forces of the log")
                .register(registry);
        Gauge.builder(
                        "shardeddb.log.force.average",
                        runtime,
                        r -> r.forceTimes().average() / 1e9)
                .baseUnit("seconds")
                .description("Moving average of the time of a force")
                .register(registry);
        Gauge.builder("shardeddb.log.force.p99", runtime, r -> r.forceTimes().high() / 1e9)
                .baseUnit("seconds")
                .description("99 of 100 of the latest forces took at most this")
                .register(registry);
        Gauge.builder("shardeddb.lateness.average", runtime, r -> r.lateness().average() / 1e9)
                .baseUnit("seconds")
                .description("Moving average of how late the groups' thread does what is due")
                .register(registry);
        Gauge.builder("shardeddb.starts", server, s -> s.identity().bootCounter())
                .description("How often a process was started on this volume")
                .register(registry);
        Gauge.builder("shardeddb.mysql.reachable", runtime, r -> r.stores().reachable() ? 1 : 0)
                .description("1 while the rows' database answers")
                .register(registry);
        Gauge.builder("shardeddb.read.only", runtime, r -> r.readOnlyReason().isEmpty() ? 0 : 1)
                .description("1 while the server takes no writes for lack of room")
                .register(registry);
    }
}
