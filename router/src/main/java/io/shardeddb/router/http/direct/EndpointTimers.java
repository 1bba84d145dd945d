package io.shardeddb.router.http.direct;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Counts and times the requests of one endpoint in the meter that the framework uses for its own; each timer is looked
 * up once.
 */
public final class EndpointTimers {

    private static final String METER = "http.server.requests";
    private static final int STATUSES = 600;

    private final MeterRegistry registry;
    private final String method;
    private final String template;
    private final AtomicReferenceArray<Timer> byStatus = new AtomicReferenceArray<>(STATUSES);

    /**
     * Timers of an endpoint.
     *
     * @param template of its path, with the variables' names in braces
     */
    public EndpointTimers(MeterRegistry registry, String method, String template) {
        this.registry = registry;
        this.method = method;
        this.template = template;
    }

    /** Counts a request that was answered. */
    void record(int status, long nanos) {
        Timer timer = byStatus.get(status);
        if (timer == null) {
            // The framework tells no paths of what was not found.
            timer = registry.timer(
                    METER,
                    "method",
                    method,
                    "status",
                    Integer.toString(status),
                    "uri",
                    status == 404 ? "NOT_FOUND" : template,
                    "exception",
                    "none");
            byStatus.set(status, timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }
}
