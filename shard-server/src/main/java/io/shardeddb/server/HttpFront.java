package io.shardeddb.server;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.server.config.ServerSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** The HTTP side of a server: probes, metrics and the assignment's endpoints. */
public final class HttpFront {
    private static final String ANY_ADDRESS = "0.0.0.0";
    /** How the framework writes "a free port". */
    private static final int FREE_PORT = -1;

    private HttpFront() {}

    /**
     * Listens for requests to a running server. The context that is given back ends it; {@link EmbeddedServer} in it
     * knows the port.
     *
     * @param settings where to listen; port 0 is a free one
     * @throws RuntimeException when the port cannot be used
     */
    public static ApplicationContext start(ServerSettings settings, ShardServer server) {
        String address = settings.bindAddress();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("micronaut.application.name", "shard-server");
        properties.put("micronaut.server.port", settings.httpPort() == 0 ? FREE_PORT : settings.httpPort());
        properties.put("micronaut.server.host", address == null ? ANY_ADDRESS : address);
        properties.put("micronaut.server.max-request-size", "16MB");
        properties.put("micronaut.server.netty.event-loops.default.num-threads", 2);
        properties.put("micronaut.metrics.enabled", true);
        properties.put("micronaut.metrics.export.prometheus.enabled", true);
        properties.put("endpoints.all.enabled", false);
        properties.put("endpoints.prometheus.enabled", true);
        properties.put("endpoints.prometheus.sensitive", false);
        properties.put("shardeddb.fault-switches", settings.faultSwitches());
        ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .properties(properties)
                .singletons(server, settings, server.authentication())
                .start();
        try {
            context.getBean(EmbeddedServer.class).start();
            return context;
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }
}
