package io.shardeddb.router.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.shardeddb.crds.Administration;
import io.shardeddb.router.config.RouterSettings;
import io.shardeddb.router.fake.FakeCluster;
import io.shardeddb.router.forward.LeaderWatch;
import io.shardeddb.router.topology.LatestTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The real router with its gRPC API on a free port, in front of a fake cluster, and a connection to it. */
final class GrpcUnderTest implements AutoCloseable {

    private final ApplicationContext context;
    private final ManagedChannel channel;

    GrpcUnderTest(FakeCluster cluster) throws IOException {
        Duration timeout = Duration.ofSeconds(10);
        context = ApplicationContext.builder()
                .singletons(new RouterSettings(
                        "test", "db", timeout, timeout, timeout, Administration.Open, Path.of("no-token"), null))
                .properties(Map.of("micronaut.server.port", -1, "micronaut.server.host", "127.0.0.1"))
                .start();
        var _ = context.getBean(EmbeddedServer.class).start();
        context.getBean(LatestTopology.class).publish(cluster.topology(1));
        context.getBean(LeaderWatch.class).start();
        ApiServer server = context.getBean(ApiServer.class);
        server.start(new ApiAddress("127.0.0.1", 0));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    /** The same, where nothing can be thrown. */
    static GrpcUnderTest before(FakeCluster cluster) {
        try {
            return new GrpcUnderTest(cluster);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ManagedChannel channel() {
        return channel;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        var _ = channel.shutdownNow();
        context.close();
    }
}
