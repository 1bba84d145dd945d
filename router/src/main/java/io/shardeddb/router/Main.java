package io.shardeddb.router;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.health.Shutdown;
import io.shardeddb.router.topology.TopologyWatch;
import java.security.Security;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The router's process. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) {
        // A server that comes back under its name may have another address: no cache may keep the old one for long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        System.setProperty("networkaddress.cache.ttl", "1");
        ApplicationContext context = ApplicationContext.builder(Main.class)
                .banner(false)
                .deduceEnvironment(false)
                .start();
        EmbeddedServer http = context.getBean(EmbeddedServer.class).start();
        Shutdown shutdown = context.getBean(Shutdown.class);
        Duration notice = context.getBean(RouterSettings.class).shutdownNotice();
        // The framework's own starter would add a hook that closes at once.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(shutdown, context, notice)));
        context.getBean(LeaderWatch.class).start();
        context.getBean(TopologyWatch.class).start();
        LOG.info("The router listens on {}:{}", http.getHost(), http.getPort());
    }

    private static void end(Shutdown shutdown, ApplicationContext context, Duration notice) {
        try {
            shutdown.run(context, notice);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
