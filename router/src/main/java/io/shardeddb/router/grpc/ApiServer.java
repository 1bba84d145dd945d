package io.shardeddb.router.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.shardeddb.protocol.stream.EventLoops;
import io.shardeddb.router.topology.LatestTopology;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server of the public gRPC API. Its connections share their threads with the gRPC connections to shard servers,
 * and each call is handled on a virtual thread.
 */
@Singleton
public final class ApiServer {

    /** The same as for HTTP. */
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    private static final int MAX_METADATA_BYTES = 64 << 10;
    private static final int MAX_CALLS_OF_CONNECTION = 1_000;

    /** The same as HTTP's time for requests under way at the end (application.yml). */
    private static final long GRACE_SECONDS = 15;

    private final List<BindableService> services;
    private final MeterRegistry meters;
    private final LatestTopology topology;
    private final EventLoops threads;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("grpc-call-", 0).factory());
    private boolean leaving;
    private volatile @Nullable Server server;

    ApiServer(List<BindableService> services, MeterRegistry meters, LatestTopology topology, EventLoops threads) {
        this.services = services;
        this.meters = meters;
        this.topology = topology;
        this.threads = threads;
    }

    /**
     * Listens. It is healthy once the router knows what the database looks like.
     *
     * @throws IOException when the address is taken, or is not of this machine
     */
    public void start(ApiAddress address) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(address.host(), address.port()))
                .executor(calls)
                .intercept(new MetricCollectingServerInterceptor(meters))
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_OF_CONNECTION)
                .maxConnectionIdle(10, TimeUnit.MINUTES)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        threads.use(builder);
        services.forEach(service -> builder.addService(ReadableRequests.of(service.bindService())));
        builder.addService(health.getHealthService());
        builder.addService(ProtoReflectionServiceV1.newInstance());
        tell(ServingStatus.NOT_SERVING);
        server = builder.build().start();
        topology.listen(ignored -> ready());
    }

    private synchronized void ready() {
        if (!leaving && topology.known()) {
            tell(ServingStatus.SERVING);
        }
    }

    private void tell(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        services.forEach(service ->
                health.setStatus(service.bindService().getServiceDescriptor().getName(), status));
    }

    /** The port that it listens on. */
    public int port() {
        Server started = server;
        if (started == null) {
            throw new IllegalStateException("it does not listen");
        }
        return started.getPort();
    }

    /** From now on it says that it does not serve, but takes every call that still comes. */
    public synchronized void leave() {
        if (!leaving) {
            leaving = true;
            health.enterTerminalState();
        }
    }

    /** Tells clients to go elsewhere, and lets calls under way end, for 15 seconds at most. */
    @PreDestroy
    public void close() throws InterruptedException {
        Server started = server;
        if (started != null) {
            leave();
            started.shutdown();
            if (!started.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                started.shutdownNow();
            }
        }
        calls.shutdown();
    }
}
