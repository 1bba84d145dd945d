package io.shardeddb.router.http.direct;

import io.micronaut.context.annotation.Factory;
import io.micronaut.http.server.HttpServerConfiguration;
import io.netty.handler.codec.http.HttpRequest;
import io.shardeddb.router.drain.Draining;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the handlers of all connections share. */
@Factory
final class DirectBeans {

    /** Connections without any traffic for as long, or up to twice as long, are closed. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    @Singleton
    DirectHandler.Shared shared(
            List<DirectEndpoints> endpoints, Draining draining, HttpServerConfiguration configuration) {
        return new DirectHandler.Shared(
                new Several(endpoints),
                new HttpDate(Clock.systemUTC()),
                draining,
                configuration.getMaxRequestSize(),
                IDLE.toMillis());
    }

    /** Those of several makers, whose paths are different ones. */
    private record Several(List<DirectEndpoints> some) implements DirectEndpoints {
        @Override
        public @Nullable Call match(HttpRequest head) {
            for (DirectEndpoints each : some) {
                Call call = each.match(head);
                if (call != null) {
                    return call;
                }
            }
            return null;
        }

        @Override
        public List<Endpoint> all() {
            return some.stream().flatMap(each -> each.all().stream()).toList();
        }
    }
}
