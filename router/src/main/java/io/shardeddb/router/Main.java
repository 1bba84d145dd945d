package io.shardeddb.router;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.Micronaut;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.router.config.ListenAddress;
import io.shardeddb.router.drain.Draining;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.grpc.ApiAddress;
import io.shardeddb.router.grpc.ApiServer;
import io.shardeddb.router.topology.TopologyWatch;
import java.io.IOException;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The router's process. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
        // A server that comes back under its name may have another address: no cache may keep the old one for long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        System.setProperty("networkaddress.cache.ttl", "1");
        // Not started by the framework: its own hook at the process's end would stop listening at once.
        ApplicationContext context = Micronaut.build(arguments)
                .banner(false)
                .mainClass(Main.class)
                .properties(Map.of("micronaut.server.host", ListenAddress.of(System.getenv())))
                .build()
                .start();
        EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
        LOG.info("Listening on {}", server.getURI());
        ApiAddress grpc = ApiAddress.of(System.getenv());
        if (grpc != null) {
            context.getBean(ApiServer.class).start(grpc);
            LOG.info("Listening for gRPC on {}:{}", grpc.host(), grpc.port());
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(context, ended), "leave"));
        context.getBean(LeaderWatch.class).start();
        context.getBean(TopologyWatch.class).start();
        ended.await();
    }

    /** Serves until nobody sends requests here any more, then ends those under way, then everything. */
    private static void leave(ApplicationContext context, CountDownLatch ended) {
        LOG.info("Leaving service");
        try {
            context.getBean(ApiServer.class).leave();
            context.getBean(Draining.class).run();
            context.getBean(ApiServer.class).close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.close();
        ended.countDown();
    }
}
