package io.shardeddb.router.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.shardeddb.protocol.credential.Authentication;
import io.shardeddb.protocol.credential.CredentialFile;
import io.shardeddb.protocol.link.LinkThreads;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.router.topology.LatestTopology;
import io.shardeddb.router.topology.TopologyWatch;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** What the router is made of at its edges; tests put their own in place. */
@Factory
final class RouterBeans {

    @Singleton
    @Requires(missingBeans = RouterSettings.class)
    RouterSettings settings() {
        return RouterSettings.of(System.getenv());
    }

    @Singleton
    @Requires(missingBeans = InstantSource.class)
    InstantSource wall() {
        return InstantSource.system();
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = KubernetesClient.class)
    KubernetesClient kubernetes() {
        return new KubernetesClientBuilder().build();
    }

    /**
     * Requests are handled where they come from and answered where the answer arrives: without a hand-over between
     * threads.
     */
    @Singleton
    LinkThreads linkThreads(EventLoopGroupRegistry registry) {
        return LinkThreads.of(registry.getDefaultEventLoopGroup());
    }

    /** Threads of gRPC connections: those to servers, and those of clients. */
    @Singleton
    @Bean(preDestroy = "close")
    EventLoops grpcThreads() {
        return new EventLoops("grpc");
    }

    /** A router that was told of a credential does not start without. */
    @Singleton
    Authentication authentication(RouterSettings settings) throws IOException {
        Path file = settings.credentialFile();
        return file == null ? Authentication.NONE : CredentialFile.open(file);
    }

    @Singleton
    @Bean(preDestroy = "close")
    TopologyWatch watch(KubernetesClient client, RouterSettings settings, LatestTopology topology) {
        return new TopologyWatch(client, settings, topology);
    }
}
