package io.shardeddb.router.http.direct;

import io.micronaut.context.annotation.Factory;
import io.micronaut.http.server.HttpServerConfiguration;
import io.shardeddb.router.drain.Draining;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** What the handlers of all connections share. */
@Factory
final class DirectBeans {

    /** Connections without any traffic for as long, or up to twice as long, are closed. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    @Singleton
    DirectHandler.Shared shared(DirectEndpoints endpoints, Draining draining, HttpServerConfiguration configuration) {
        return new DirectHandler.Shared(
                endpoints,
                new HttpDate(Clock.systemUTC()),
                draining,
                configuration.getMaxRequestSize(),
                IDLE.toMillis());
    }
}
