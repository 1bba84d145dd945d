package io.shardeddb.router.http.transaction;

import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.shardeddb.router.interactive.Transactions;
import jakarta.inject.Singleton;

/** Tells this router's transactions where other routers reach it. */
@Singleton
final class OwnAddress {
    private final Transactions transactions;

    OwnAddress(Transactions transactions) {
        this.transactions = transactions;
    }

    @EventListener
    void started(ServerStartupEvent event) {
        EmbeddedServer server = event.getSource();
        transactions.reachableAt(address(server.getHost(), server.getPort()));
    }

    /** Host and port; empty where the host means any address. */
    static String address(String host, int port) {
        if (host.equals("0.0.0.0") || host.equals("::") || host.isEmpty()) {
            return "";
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
