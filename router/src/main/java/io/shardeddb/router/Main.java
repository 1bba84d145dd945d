package io.shardeddb.router;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.Micronaut;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.topology.TopologyWatch;
import java.security.Security;

/** The router's process. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        // A server that comes back under its name may have another address: no cache may keep the old one for long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        System.setProperty("networkaddress.cache.ttl", "1");
        ApplicationContext context =
                Micronaut.build(arguments).banner(false).mainClass(Main.class).start();
        context.getBean(LeaderWatch.class).start();
        context.getBean(TopologyWatch.class).start();
    }
}
