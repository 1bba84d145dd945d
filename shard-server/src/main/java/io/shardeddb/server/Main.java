package io.shardeddb.server;

import io.micronaut.context.ApplicationContext;
import io.shardeddb.consensus.Settings;
import io.shardeddb.server.config.ServerSettings;
import io.shardeddb.server.group.Retention;
import io.shardeddb.server.identity.Volume;
import io.shardeddb.server.log.file.DamagedLogException;
import io.shardeddb.server.store.StoreFactory;
import io.shardeddb.server.store.mysql.MySqlStoreFactory;
import java.io.IOException;
import java.net.BindException;
import java.security.Security;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shard server's process. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int MYSQL_CONNECTIONS = 12;
    private static final int MYSQL_HELD_CONNECTIONS = 32;

    private Main() {}

    /** Reads everything from the environment; see {@link ServerSettings}. */
    public static void main(String[] arguments) {
        // A pod that comes back under its name has another address: no cache may keep the old one for long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        ServerSettings settings = settings();
        ShardServer server = open(settings);
        watchIdentity(server.volume());
        ApplicationContext http = http(settings, server);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> close(http, server)));
        LOG.info(
                "server {} of database {} listens on {} (gRPC {}, HTTP {}), start {} of volume {}",
                settings.server(),
                settings.database(),
                settings.bindAddress() == null ? "all addresses" : settings.bindAddress(),
                server.grpcPort(),
                settings.httpPort(),
                server.volume().bootCounter(),
                server.volume().id());
    }

    private static ServerSettings settings() {
        try {
            return ServerSettings.of(System.getenv());
        } catch (IllegalArgumentException e) {
            LOG.error("bad setting: {}", e.getMessage());
            throw exit(ExitCodes.BAD_SETTINGS);
        }
    }

    private static ShardServer open(ServerSettings settings) {
        try {
            StoreFactory stores = new MySqlStoreFactory(settings.mysql(), MYSQL_CONNECTIONS, MYSQL_HELD_CONNECTIONS);
            return new ShardServer(settings, Settings.DEFAULT, Retention.STANDARD, stores, (what, cause) -> {
                LOG.error("{}: the process ends, recovery will tell what is on the disk", what, cause);
                Runtime.getRuntime().halt(ExitCodes.LOG_FAILED);
            });
        } catch (DamagedLogException e) {
            LOG.error(
                    "the log is damaged: {}. Nothing of it is used. Its members must be replaced: remove this server's"
                            + " data directory (or its volume) to start with new ones",
                    e.getMessage());
            throw exit(ExitCodes.LOG_DAMAGED);
        } catch (CredentialUnusableException e) {
            LOG.error("{}", e.getMessage());
            throw exit(ExitCodes.BAD_SETTINGS);
        } catch (BindException e) {
            LOG.error("the gRPC port cannot be used: {}", e.getMessage());
            throw exit(ExitCodes.PORT_IN_USE);
        } catch (IOException e) {
            boolean bind = e.getCause() instanceof BindException;
            LOG.error(
                    "{}: {}",
                    bind ? "the gRPC port cannot be used" : "the data directory cannot be used",
                    e.toString());
            throw exit(bind ? ExitCodes.PORT_IN_USE : ExitCodes.VOLUME_UNUSABLE);
        }
    }

    private static ApplicationContext http(ServerSettings settings, ShardServer server) {
        try {
            return HttpFront.start(settings, server);
        } catch (RuntimeException e) {
            LOG.error("the HTTP port {} cannot be used: {}", settings.httpPort(), e.getMessage());
            throw exit(ExitCodes.PORT_IN_USE);
        }
    }

    /** Votes and acknowledgements of a process whose data directory is gone would be promises that nobody keeps. */
    private static void watchIdentity(Volume volume) {
        var _ = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("identity").daemon().factory())
                .scheduleWithFixedDelay(
                        () -> {
                            if (!volume.isIntact()) {
                                LOG.error("the data directory's identity is gone or another's: the process ends");
                                Runtime.getRuntime().halt(ExitCodes.IDENTITY_LOST);
                            }
                        },
                        1,
                        1,
                        TimeUnit.SECONDS);
    }

    private static void close(ApplicationContext http, ShardServer server) {
        try {
            http.close();
            server.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing failed: {}", e.getMessage());
        }
    }

    private static IllegalStateException exit(int code) {
        System.exit(code);
        return new IllegalStateException("unreachable");
    }
}
